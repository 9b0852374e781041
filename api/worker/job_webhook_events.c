#include "domain/webhook_delivery.h"
#include "worker/job_run.h"

enum err job_webhook_events(struct context *context, const struct value *payload) {
    (void)payload;
    return webhook_delete_old(context);
}
