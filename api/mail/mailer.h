#ifndef GUICHET_MAIL_MAILER_H
#define GUICHET_MAIL_MAILER_H
/* Sends mails: by SMTP where GUICHET_SMTP_URL is set, else as files in $GUICHET_DATA_DIR/mail/ named
 * <time>-<id>.eml. Implements mail_send of core/ports.h. Thread-safe: one mail at a time. */
#include "base/config.h"
#include "core/ports.h"

struct mailer;

/* `config` must outlive it. ERR_INVALID adds what is wrong with the settings. */
MUST_CHECK enum err mailer_new(const struct config *config, struct field_errors *errors,
                               struct mailer **out);
void mailer_free(struct mailer *mailer);
/* `mailer`: a struct mailer. See mail_send. */
MUST_CHECK enum err mailer_send(void *mailer, struct arena *arena, const struct mail *mail,
                                const char **reason);
/* See smtp_try; ERR_NOT_FOUND where mails are files. */
MUST_CHECK enum err mailer_try(struct mailer *mailer, struct arena *arena, const char **said);

#endif
