#ifndef GUICHET_MAIL_SMTP_H
#define GUICHET_MAIL_SMTP_H
/* Sends messages to an SMTP server (RFC 5321) with STARTTLS and AUTH. The only place of this room that
 * knows libcurl. One connection, kept between mails. Thread-safe: one mail at a time. */
#include "base/config.h"

struct smtp;

/* ERR_INVALID adds what is wrong with the settings: scheme, or no TLS towards another machine. */
MUST_CHECK enum err smtp_new(const struct config *config, struct field_errors *errors,
                             struct smtp **out);
void smtp_free(struct smtp *smtp); /* NULL does nothing */
/* ERR_INVALID: the server refused this recipient for good (5xx to RCPT); ERR_UNAVAILABLE:
 * everything else. `*reason` is in the arena or static, without personal data. */
MUST_CHECK enum err smtp_send(struct smtp *smtp, struct arena *arena, const char *recipient,
                              const char *message, const char **reason);
/* Connects, STARTTLS and log-in included, and sends no mail. `*said`, in the arena: what was agreed on, or why
 * ERR_UNAVAILABLE. At most 8 s. */
MUST_CHECK enum err smtp_try(struct smtp *smtp, struct arena *arena, const char **said);

#endif
