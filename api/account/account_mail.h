#ifndef GUICHET_ACCOUNT_ACCOUNT_MAIL_H
#define GUICHET_ACCOUNT_ACCOUNT_MAIL_H
/* The mails around an account, written into the outbox with their cause. */
#include "base/value.h"
#include "core/context.h"
#include "sql/organisation.h"

/* A new activation link; the older one dies. */
MUST_CHECK enum err account_mail_activation(struct context *context, struct tx *tx,
                                            const struct account_row *account);
/* Somebody asked for an account at an address that has one. */
MUST_CHECK enum err account_mail_known(struct context *context, struct tx *tx,
                                       const struct account_row *account);
MUST_CHECK enum err account_mail_reset(struct context *context, struct tx *tx,
                                       const struct account_row *account);
/* A notice without link: password changed, account deleted … */
MUST_CHECK enum err account_mail_notice(struct tx *tx, const struct account_row *account,
                                        const char *template);

/* Has the worker mail what fits to whoever has this address; the work here is the same whether
 * somebody has it or not. `purpose`: "activation" or "reset". */
MUST_CHECK enum err account_mail_ask(struct context *context, const char *purpose,
                                     const char *email_key);
/* The worker's part. */
MUST_CHECK enum err account_mail_run(struct context *context, const struct value *payload);

#endif
