#include "domain/client_admin.h"
#include "worker/job_run.h"

enum err job_access_tokens(struct context *context, const struct value *payload) {
    (void)payload;
    return client_delete_expired(context);
}
