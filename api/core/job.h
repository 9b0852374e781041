#ifndef GUICHET_CORE_JOB_H
#define GUICHET_CORE_JOB_H
/* Jobs: work that is done once, by whichever worker claims it (worker/worker.h). A claim is FOR UPDATE SKIP
 * LOCKED and lasts five minutes; while the job runs it is prolonged, so that the job of a worker that crashed
 * runs again and that of a slow one does not. Thread-safe; failures are those of the database. */
#include "base/text.h"
#include "base/value.h"
#include "engine/tx.h"
#include "sql/core.h"

/* Adds a job in the caller's transaction, due `in_s` seconds from now. `kind` is a row of worker/jobs.c. A
 * `key` that is not NULL makes the job unique among those of its kind: a second one is not added. `payload`:
 * what the job is about, NULL for nothing. */
MUST_CHECK enum err job_add(struct tx *tx, const char *kind, const char *key,
                            const struct value *payload, int64_t in_s);

/* How a run ended. */
struct job_outcome {
    char id[UUID_TEXT_BYTES]; /* "": nothing ran */
    int64_t again_in_s;       /* -1: it is done for good */
    const char *problem;      /* static text; NULL where nothing went wrong */
};

/* Which jobs a thread runs. */
struct job_lane {
    const char *slow_kinds; /* PostgreSQL array of text */
    bool is_slow;           /* those kinds, or all others */
};

/* Records how the former run ended (and empties `former` once that is committed), then claims a job into
 * `job`, in the arena. `*found` is false where nothing is due; `*wait_ms` then says when the next job is (-1:
 * there is none). */
MUST_CHECK enum err job_claim(struct pool *pool, struct arena *arena, const struct job_lane *lane,
                              struct job_outcome *former, struct job_row *job, bool *found,
                              int64_t *wait_ms);
/* Records the same of the last run, without claiming another job. */
MUST_CHECK enum err job_settle(struct pool *pool, struct arena *arena, struct job_outcome *former);

#endif
