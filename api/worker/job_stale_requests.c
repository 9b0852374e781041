#include "domain/request_stale.h"
#include "worker/job_run.h"

enum err job_stale_requests(struct context *context, const struct value *payload) {
    (void)payload;
    return request_tend_stale(context);
}
