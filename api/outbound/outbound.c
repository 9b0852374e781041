#include "outbound/outbound.h"
#include "mail/mailer.h"
#include "outbound/clamav.h"
#include "outbound/egress.h"
#include "outbound/http_client.h"
#include "outbound/oidc.h"
#include "outbound/remote_directory.h"
#include "outbound/webhook_caller.h"
#include <stdlib.h>

struct outbound {
    struct ports ports;
    struct mailer *mailer;
    struct remote_directory *directory;
    struct oidc *oidc;
    struct clamav *clamav;
    struct webhook_caller *webhooks;
};

static void fill_ports(struct outbound *outbound) {
    struct ports *ports = &outbound->ports;
    ports->mail_state = outbound->mailer;
    ports->mail_send = mailer_send;
    ports->webhook_state = outbound->webhooks;
    ports->webhook_check_url = webhook_caller_check_url;
    ports->webhook_post = webhook_caller_post;
    if (outbound->directory != NULL) {
        ports->directory_state = outbound->directory;
        ports->directory_find = remote_directory_find;
        ports->directory_search = remote_directory_search;
    }
    if (outbound->oidc != NULL) {
        ports->oidc_state = outbound->oidc;
        ports->oidc_start = oidc_start;
        ports->oidc_finish = oidc_finish;
        ports->oidc_logout_url = oidc_logout_url;
    }
    if (outbound->clamav != NULL) {
        ports->scan_state = outbound->clamav;
        ports->scan = clamav_scan;
    }
}

enum err outbound_new(const struct config *config, struct field_errors *errors,
                      struct outbound **out) {
    *out = calloc(1, sizeof **out);
    if (*out == NULL) {
        return err_internal("no memory");
    }
    TRY(http_client_global_init());
    /* All of them, whatever fails, so that every mistake is reported. */
    const enum err outcomes[] = {
        egress_check(config, errors),
        mailer_new(config, errors, &(*out)->mailer),
        remote_directory_new(config, errors, &(*out)->directory),
        oidc_new(config, errors, &(*out)->oidc),
        clamav_new(config, errors, &(*out)->clamav),
        webhook_caller_new(config, errors, &(*out)->webhooks),
    };
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        TRY(outcomes[i]);
    }
    fill_ports(*out);
    return ERR_NONE;
}

void outbound_free(struct outbound *outbound) {
    if (outbound != NULL) {
        mailer_free(outbound->mailer);
        remote_directory_free(outbound->directory);
        oidc_free(outbound->oidc);
        clamav_free(outbound->clamav);
        webhook_caller_free(outbound->webhooks);
        free(outbound);
    }
}

const struct ports *outbound_ports(const struct outbound *outbound) {
    return &outbound->ports;
}

enum err outbound_try_mail(const struct outbound *outbound, struct arena *arena,
                           const char **said) {
    return mailer_try(outbound->mailer, arena, said);
}

enum err outbound_try_oidc(const struct outbound *outbound, struct arena *arena,
                           const char **said) {
    return outbound->oidc == NULL ? ERR_NOT_FOUND : oidc_try(outbound->oidc, arena, said);
}

enum err outbound_try_directory(const struct outbound *outbound, struct arena *arena,
                                const char *siret, const char **said) {
    *said = NULL;
    return outbound->directory == NULL
               ? ERR_NOT_FOUND
               : remote_directory_try(outbound->directory, arena, siret, said);
}

enum err outbound_try_scanner(const struct outbound *outbound, struct arena *arena,
                              const char **version, int64_t *signed_at_s) {
    return outbound->clamav == NULL ? ERR_NOT_FOUND
                                    : clamav_try(outbound->clamav, arena, version, signed_at_s);
}
