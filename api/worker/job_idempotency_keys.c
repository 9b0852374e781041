#include "store/idempotency.h"
#include "worker/job_run.h"

enum err job_idempotency_keys(struct context *context, const struct value *payload) {
    (void)payload;
    return idempotency_delete_old(context->services->pool, context->arena);
}
