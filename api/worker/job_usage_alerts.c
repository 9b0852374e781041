#include "domain/usage.h"
#include "worker/job_run.h"

enum err job_usage_alerts(struct context *context, const struct value *payload) {
    (void)payload;
    return usage_tell_alerts(context);
}
