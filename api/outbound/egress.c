#include "outbound/egress.h"
#include "base/text.h"
#include "outbound/host_list.h"
#include "outbound/url.h"
#include "security/certificate.h"
#include <string.h>

/* The services that the program calls, and its own address. */
static void check_services(struct field_errors *errors, const struct config *config) {
    const struct {
        const char *name;
        const char *url;
    } SERVICES[] = {{"GUICHET_PUBLIC_URL", config->public_url},
                    {"GUICHET_DIRECTORY_URL", config->directory_url},
                    {"GUICHET_OIDC_ISSUER", config->oidc_issuer}};
    for (size_t i = 0; i < sizeof SERVICES / sizeof *SERVICES; i++) {
        if (*SERVICES[i].url != '\0' && !url_is_base(SERVICES[i].url)) {
            field_errors_add(errors, SERVICES[i].name, "invalid_format",
                             "%s: an address is expected, http:// or https://, without user, query "
                             "and fragment",
                             SERVICES[i].name);
        }
    }
}

static void check_certificates(struct field_errors *errors, const char *name, const char *path) {
    const char *reason = NULL;
    if (*path != '\0' && !certificate_check_file(path, &reason)) {
        field_errors_add(errors, name, "invalid_format", "%s: %s: %s", name, path, reason);
    }
}

enum err egress_check(const struct config *config, struct field_errors *errors) {
    struct host_list list;
    const size_t before = errors->count;
    check_services(errors, config);
    if (*config->proxy != '\0' && !url_is_proxy(config->proxy)) {
        field_errors_add(errors, "GUICHET_PROXY", "invalid_format",
                         "GUICHET_PROXY: http://host:port or http://user:password@host:port is "
                         "expected");
    }
    if (host_list_parse(errors->arena, config->no_proxy, &list) != ERR_NONE) {
        field_errors_add(errors, "GUICHET_NO_PROXY", "invalid_format",
                         "GUICHET_NO_PROXY: names, .domains, addresses or CIDRs are expected, "
                         "separated by commas");
    }
    check_certificates(errors, "GUICHET_CA_FILE", config->ca_file);
    check_certificates(errors, "GUICHET_CERTIFICATE_FILE", config->certificate_file);
    return errors->count == before ? ERR_NONE : ERR_INVALID;
}

const char *egress_proxy_for(const struct config *config, const char *host) {
    struct host_list list;
    if (config == NULL || *config->proxy == '\0') {
        return NULL;
    }
    ARENA_AUTO(arena);
    const bool is_direct =
        host_list_parse(&arena, config->no_proxy, &list) == ERR_NONE && host_list_has(&list, host);
    return is_direct ? NULL : config->proxy;
}
