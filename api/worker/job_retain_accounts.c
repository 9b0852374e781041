#include "domain/account.h"
#include "worker/job_run.h"

/* What was kept long enough about accounts is thrown away. */
enum err job_retain_accounts(struct context *context, const struct value *payload) {
    (void)payload;
    return account_retain(context);
}
