#ifndef GUICHET_ACCOUNT_PASSWORD_RESET_H
#define GUICHET_ACCOUNT_PASSWORD_RESET_H
/* A forgotten password: a link by mail, good for one use within 30 minutes. */
#include "core/context.h"
#include "core/email.h"

/* Has the worker mail a link to the owner of an address. Answer and work are the same whether somebody has
 * it or not. Thread-safe. */
MUST_CHECK enum err password_reset_request(struct context *context, const struct email *email);
/* Whose password a link changes, as JSON; consumes nothing. Failures: link_refuse. Thread-safe. */
MUST_CHECK enum err password_reset_preview(struct context *context, const char *token,
                                           const char **document);
/* Sets the password by a link's secret (`token`), and answers 204. Every session of the account and its
 * pending change of address end. Failures of the link: link_refuse; ERR_INVALID with an error at /password where the policy refuses the password
 * (the link stays good then). `device_cookie`, `*device`: as at an activation; NULL where a second factor is asked for
 * as well. Thread-safe. */
MUST_CHECK enum err password_reset_use(struct context *context, const char *token,
                                       const char *password, const char *device_cookie,
                                       const char **device);

#endif
