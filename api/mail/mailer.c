#include "mail/mailer.h"
#include "base/clock.h"
#include "mail/mail_file.h"
#include "mail/mail_message.h"
#include "mail/smtp.h"
#include <stdlib.h>

struct mailer {
    const struct config *config;
    struct smtp *smtp; /* NULL: files */
};

static enum err check_sender(const struct config *config, struct field_errors *errors) {
    const char *address = NULL;
    if (mail_parse_mailbox(errors->arena, config->mail_from, &address) != ERR_NONE) {
        field_errors_add(errors, "GUICHET_MAIL_FROM", "invalid_format",
                         "GUICHET_MAIL_FROM: «Name <address>» is expected");
        return ERR_INVALID;
    }
    return ERR_NONE;
}

enum err mailer_new(const struct config *config, struct field_errors *errors, struct mailer **out) {
    struct smtp *smtp = NULL;
    enum err e = check_sender(config, errors);
    if (*config->smtp_url != '\0') {
        const enum err smtp_error = smtp_new(config, errors, &smtp);
        e = e == ERR_NONE ? smtp_error : e;
    }
    struct mailer *mailer = e == ERR_NONE ? calloc(1, sizeof *mailer) : NULL;
    if (mailer == NULL) {
        smtp_free(smtp);
        return e == ERR_NONE ? err_internal("no memory") : e;
    }
    mailer->config = config;
    mailer->smtp = smtp;
    *out = mailer;
    return ERR_NONE;
}

void mailer_free(struct mailer *mailer) {
    if (mailer != NULL) {
        smtp_free(mailer->smtp);
        free(mailer);
    }
}

enum err mailer_send(void *state, struct arena *arena, const struct mail *mail,
                     const char **reason) {
    struct mailer *mailer = state;
    const int64_t now_ms = clock_now_ms();
    const char *message = NULL;
    *reason = "bad address or subject";
    const enum mail_encoding encoding = mailer->smtp == NULL ? MAIL_8BIT : MAIL_QUOTED_PRINTABLE;
    TRY(mail_message_build(arena, mail, encoding, mailer->config->mail_from, now_ms, &message));
    if (mailer->smtp != NULL) {
        return smtp_send(mailer->smtp, arena, mail->recipient, message, reason);
    }
    return mail_file_write(arena, mailer->config->data_dir, mail->id, now_ms, message, reason);
}

enum err mailer_try(struct mailer *mailer, struct arena *arena, const char **said) {
    return mailer->smtp == NULL ? ERR_NOT_FOUND : smtp_try(mailer->smtp, arena, said);
}
