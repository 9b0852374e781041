#ifndef GUICHET_ACCOUNT_PASSWORD_RESET_H
#define GUICHET_ACCOUNT_PASSWORD_RESET_H
/* A forgotten password: a link by mail, good once and for 30 minutes, whose use ends every session. */
#include "core/context.h"
#include "core/email.h"

enum { PASSWORD_RESET_LIVES_S = 30 * 60 };

/* The same answer and the same work whether the e-mail is known or not. */
MUST_CHECK enum err password_reset_ask(struct context *context, const struct email *email);
/* ERR_INVALID with an error at /token where the link is used, replaced or too old, at /password
 * where the password will not do (the link stays good then). */
MUST_CHECK enum err password_reset_use(struct context *context, const char *token,
                                       const char *password);

#endif
