#ifndef GUICHET_WORKER_JOB_RUN_H
#define GUICHET_WORKER_JOB_RUN_H
/* One file per job: worker/job_<kind>.c with a function of this shape, listed in jobs.def. A job may
 * run again after a crash in its middle: what it does twice must be as if done once. */
#include "base/value.h"
#include "domain/context.h"

typedef enum err (*job_run)(struct context *context, const struct value *payload);

#define X(kind, interval_s, function)                                                              \
    MUST_CHECK enum err function(struct context *context, const struct value *payload);
#include "worker/jobs.def"
#undef X

#endif
