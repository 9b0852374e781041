#ifndef GUICHET_CORE_JOB_H
#define GUICHET_CORE_JOB_H
/* Work done once whoever does it: claimed with FOR UPDATE SKIP LOCKED for five minutes, so a worker
 * that dies gives it back. */
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
/* `*found` is false where nothing is due. */
MUST_CHECK enum err job_claim(struct pool *pool, struct arena *arena, struct job_row *job,
                              bool *found);
MUST_CHECK enum err job_finish(struct pool *pool, struct arena *arena, const char *id);
/* Runs again in `in_s` seconds; `reason` NULL where nothing went wrong (a recurring job). */
MUST_CHECK enum err job_put_off(struct pool *pool, struct arena *arena, const char *id,
                                int64_t in_s, const char *reason);

#endif
