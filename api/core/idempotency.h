#ifndef GUICHET_CORE_IDEMPOTENCY_H
#define GUICHET_CORE_IDEMPOTENCY_H
/* Idempotency keys: a request that is sent again gets its first answer again, for 24 hours.
 *
 * A key is claimed before the act, in a transaction of its own, so that a second request sees it.
 * The act marks it as done in its own transaction (idempotency_mark), so that nobody can doubt
 * whether it happened, whatever is lost afterwards. The answer is kept once it is rendered. A claim
 * that was never marked is not run again within the 24 hours: its outcome is unknown. */
#include "engine/tx.h"

struct context; /* core/context.h */

struct idempotency_key {
    const char *actor_id; /* account, program, or "address:…" */
    const char *path;
    const char *key;
};

struct idempotency_answer {
    int status;
    const char *content_type; /* NULL: no body */
    const char *body;         /* as it was kept */
    const char *headers;      /* JSON array of {name, value} */
};

enum idempotency_verdict {
    IDEMPOTENCY_CLAIMED,    /* new: run it */
    IDEMPOTENCY_RUNNING,    /* another request with it is under way, or was cut off */
    IDEMPOTENCY_OTHER_BODY, /* it came with another body */
    IDEMPOTENCY_ANSWERED,   /* here is the answer */
    IDEMPOTENCY_DONE,       /* it happened, but the answer was lost */
};

MUST_CHECK enum err idempotency_claim(struct pool *pool, struct arena *arena,
                                      const struct idempotency_key *key,
                                      const unsigned char body_hash[32],
                                      enum idempotency_verdict *verdict,
                                      struct idempotency_answer *answer);
/* To be called in the transaction of an act, at any time before its commit; nothing for NULL. */
MUST_CHECK enum err idempotency_mark(struct tx *tx, const struct idempotency_key *key);
MUST_CHECK enum err idempotency_finish(struct pool *pool, struct arena *arena,
                                       const struct idempotency_key *key,
                                       const struct idempotency_answer *answer);
/* Forgets a claim whose act failed; one that was marked stays. */
MUST_CHECK enum err idempotency_release(struct pool *pool, struct arena *arena,
                                        const struct idempotency_key *key);
/* Forgets all keys older than 24 hours. */
MUST_CHECK enum err idempotency_delete_old(struct context *context);

#endif
