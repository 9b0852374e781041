#ifndef GUICHET_CORE_JOB_H
#define GUICHET_CORE_JOB_H
/* Work done once whoever does it: claimed with FOR UPDATE SKIP LOCKED for five minutes, and
 * again while it runs (job_extend), so a worker that dies gives it back. */
#include "base/text.h"
#include "base/value.h"
#include "engine/tx.h"

struct job_row {
    const char *id;
    const char *kind;
    const char *key;     /* NULL without */
    const char *payload; /* JSON */
    int64_t attempts;
};

/* A job with a key is added once; NULL payload is {}. */
MUST_CHECK enum err job_add(struct tx *tx, const char *kind, const char *key,
                            const struct value *payload, int64_t in_s);
/* Sees that the recurring job of a kind is there, and that it runs again within `interval_s`: what waits
 * longer than it ever may, waits for a clock that was set back. */
MUST_CHECK enum err job_keep(struct tx *tx, const char *kind, int64_t interval_s);
/* How a run ended. */
struct job_outcome {
    char id[UUID_TEXT_BYTES]; /* "": nothing ran */
    int64_t again_in_s;       /* -1: it is done for good */
    const char *reason;       /* a constant; NULL where nothing went wrong */
};

/* Writes how the former run ended (and empties `former` once that is committed), then takes a job.
 * `*found` is false where nothing is due; `*wait_ms` says then when the next job is (-1: none). */
MUST_CHECK enum err job_claim(struct pool *pool, struct arena *arena, struct job_outcome *former,
                              struct job_row *job, bool *found, int64_t *wait_ms);
/* The same of a last run, without taking another job. */
MUST_CHECK enum err job_settle(struct pool *pool, struct arena *arena, struct job_outcome *former);
/* A job that still runs stays claimed for five more minutes. */
MUST_CHECK enum err job_extend(struct pool *pool, struct arena *arena, const char *id);

#endif
