#include "domain/attachment.h"
#include "worker/job_run.h"

enum err job_scan_attachments(struct context *context, const struct value *payload) {
    (void)payload;
    return attachment_scan_pending(context);
}
