#include "domain/usage.h"
#include "worker/job_run.h"

enum err job_usage_roll_up(struct context *context, const struct value *payload) {
    (void)payload;
    return usage_roll_up(context);
}
