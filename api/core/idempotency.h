#ifndef GUICHET_CORE_IDEMPOTENCY_H
#define GUICHET_CORE_IDEMPOTENCY_H
/* Idempotency keys: a request that is sent again gets its first answer again, for 24 hours.
 *
 * The key is taken when the act's transaction begins and kept with its answer when it commits
 * (core/act.h): an act and its key happen together or not at all, so a request that was cut may always
 * be sent again. Of two at once, the second is told that the first is running. Whether the kept
 * answer may still be read is asked where it is sent (http/replay.h). A secret is not kept: asked again, its
 * act answers ERR_CONFLICT, unless it checks the right anew and records the second look
 * (context.keeps_secret). Thread-safe. */
#include "engine/tx.h"

enum { IDEMPOTENCY_HASH_BYTES = 32 };

struct context;    /* core/context.h */
struct act_answer; /* core/context.h */

struct idempotency_key {
    const char *actor_id; /* account, program, or "address:…" */
    const char *path;
    const char *key;
    unsigned char body_hash[IDEMPOTENCY_HASH_BYTES];
};

/* Takes context->idempotency, which is not NULL, until the transaction ends; failures as those of
 * act_begin. */
MUST_CHECK enum err idempotency_take(struct context *context, struct tx *tx);
/* A body as it is stored: sealed, because some answers contain a secret. In the arena. */
const char *idempotency_seal(const struct context *context, const struct idempotency_key *key,
                             const char *json);
/* The headers that belong to the answer itself, as a JSON array of {name, value}. */
const char *idempotency_headers(struct arena *arena, const struct act_answer *answer);
/* The job "idempotency_keys": deletes keys older than 24 hours. */
MUST_CHECK enum err idempotency_delete_old(struct context *context);

#endif
