#ifndef GUICHET_WORKER_JOBS_H
#define GUICHET_WORKER_JOBS_H
/* Every kind of job, in one table. A recurring job runs once for all workers: its row in the database is
 * claimed. A job that was cut short runs again, so each must be idempotent. Constant, thread-safe. */
#include "base/value.h"
#include "core/context.h"

struct job_kind {
    const char *kind;
    int64_t interval_s; /* between two runs; 0: it runs only when added */
    bool is_slow;       /* it may take minutes: runs beside the others, so that none waits for it */
    /* One of the two; `payload` is what job_add was given. */
    enum err (*run)(struct context *context);
    enum err (*run_with)(struct context *context, const struct value *payload);
};

extern const struct job_kind JOB_KINDS[];
extern const size_t JOB_KINDS_COUNT;

/* Seconds until a job that failed is tried again, `attempts` of its runs having failed: a minute, doubled up to 64. */
int64_t job_retry_delay_s(int64_t attempts);
/* The row of a kind; NULL for a kind that this version does not know. */
const struct job_kind *job_kind_find(const char *kind);

#endif
