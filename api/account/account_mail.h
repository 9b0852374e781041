#ifndef GUICHET_ACCOUNT_ACCOUNT_MAIL_H
#define GUICHET_ACCOUNT_ACCOUNT_MAIL_H
/* The mails about an account. Each is added to an act, and sent once that is committed. Thread-safe;
 * failures other than those named are those of a statement. */
#include "base/value.h"
#include "core/act.h"
#include "sql/organisation.h"

/* What every mail about an account says of the person. */
struct value *account_mail_greeting(struct arena *arena, const struct account_row *account);
/* A mail without a link. `template`: "password_changed", "account_deleted" … */
void account_mail_notice(struct act *act, const struct account_row *account, const char *template);

/* Adds a job that mails the link of a registration, in the transaction that makes it; or, where somebody has the
 * address, that they have an account. */
MUST_CHECK enum err account_mail_registration(struct tx *tx, const char *email_key,
                                              const char *registration_id);
/* Adds a job that mails what fits to the owner of an address. The work done here is the same whether
 * somebody has the address or not, so that the time of the answer does not tell. `purpose`: "activation"
 * or "reset". */
MUST_CHECK enum err account_mail_request(struct context *context, const char *purpose,
                                         const char *email_key);
/* That job; `payload` is what account_mail_request made. Nothing is sent, and ERR_NONE returned, where
 * nobody has the address or too many mails went to it. */
MUST_CHECK enum err account_mail_run(struct context *context, const struct value *payload);

/* Tells the owner that the account will be deleted in `days` unless they log in. */
void account_mail_inactive(struct act *act, const struct account_row *account, int64_t days);

#endif
