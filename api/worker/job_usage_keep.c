#include "domain/usage.h"
#include "worker/job_run.h"

enum err job_usage_keep(struct context *context, const struct value *payload) {
    (void)payload;
    return usage_keep(context);
}
