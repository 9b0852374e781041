#include "domain/token_notice.h"
#include "worker/job_run.h"

enum err job_token_revocations(struct context *context, const struct value *payload) {
    (void)payload;
    return token_tell_revocations(context);
}
