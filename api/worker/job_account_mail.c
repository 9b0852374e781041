#include "domain/account_mail.h"
#include "worker/job_run.h"

/* An activation link or a reset link was asked for, for an address that may be anybody's. */
enum err job_account_mail(struct context *context, const struct value *payload) {
    return account_mail_run(context, payload);
}
