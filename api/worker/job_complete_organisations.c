#include "domain/directory.h"
#include "worker/job_run.h"

/* Organisations that were named while the directory was away. */
enum err job_complete_organisations(struct context *context, const struct value *payload) {
    (void)payload;
    return directory_complete_organisations(context);
}
