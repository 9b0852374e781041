#include "core/idempotency.h"
#include "core/context.h"
#include <string.h>

enum { HASH_BYTES = 32 };

static enum idempotency_verdict judge(struct arena *arena, const struct rows *rows,
                                      const unsigned char *body_hash) {
    size_t length = 0;
    if (rows->count == 0) {
        return IDEMPOTENCY_RUNNING; /* claimed by somebody else while this statement ran */
    }
    if (rows_boolean(rows, 0, "claimed")) {
        return IDEMPOTENCY_CLAIMED;
    }
    const unsigned char *hash = rows_bytes(arena, rows, 0, "body_hash", &length);
    if (hash == NULL || length != HASH_BYTES || memcmp(hash, body_hash, HASH_BYTES) != 0) {
        return IDEMPOTENCY_OTHER_BODY;
    }
    if (strcmp(rows_text(rows, 0, "state"), "running") == 0) {
        return IDEMPOTENCY_RUNNING;
    }
    return rows_text(rows, 0, "status") == NULL ? IDEMPOTENCY_DONE : IDEMPOTENCY_ANSWERED;
}

enum err idempotency_claim(struct pool *pool, struct arena *arena,
                           const struct idempotency_key *key, const unsigned char body_hash[32],
                           enum idempotency_verdict *verdict, struct idempotency_answer *answer) {
    struct rows *rows = NULL;
    TRY(pool_query(pool, arena, IDENTITY_SYSTEM, TX_WRITE, &SQL_IDEMPOTENCY_CLAIM, &rows,
                   P_TEXT(key->actor_id), P_TEXT(key->path), P_TEXT(key->key),
                   P_BYTES(body_hash, HASH_BYTES)));
    *verdict = judge(arena, rows, body_hash);
    if (*verdict == IDEMPOTENCY_ANSWERED) {
        *answer = (struct idempotency_answer){
            .status = (int)rows_integer(rows, 0, "status", 0),
            .content_type = rows_text(rows, 0, "content_type"),
            .body = rows_text(rows, 0, "body"),
            .headers = rows_text(rows, 0, "headers"),
        };
    }
    return ERR_NONE;
}

enum err idempotency_mark(struct tx *tx, const struct idempotency_key *key) {
    if (key == NULL) {
        return ERR_NONE;
    }
    return tx_query(tx, &SQL_IDEMPOTENCY_MARK, NULL, P_TEXT(key->actor_id), P_TEXT(key->path),
                    P_TEXT(key->key));
}

enum err idempotency_finish(struct pool *pool, struct arena *arena,
                            const struct idempotency_key *key,
                            const struct idempotency_answer *answer) {
    return pool_query(pool, arena, IDENTITY_SYSTEM, TX_WRITE, &SQL_IDEMPOTENCY_FINISH, NULL,
                      P_TEXT(key->actor_id), P_TEXT(key->path), P_TEXT(key->key),
                      P_INTEGER(answer->status), P_TEXT(answer->content_type), P_TEXT(answer->body),
                      P_TEXT(answer->headers));
}

enum err idempotency_release(struct pool *pool, struct arena *arena,
                             const struct idempotency_key *key) {
    return pool_query(pool, arena, IDENTITY_SYSTEM, TX_WRITE, &SQL_IDEMPOTENCY_RELEASE, NULL,
                      P_TEXT(key->actor_id), P_TEXT(key->path), P_TEXT(key->key));
}

enum err idempotency_delete_old(struct context *context) {
    return pool_run(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE,
                    &SQL_IDEMPOTENCY_DELETE_OLD, NULL, 0, NULL);
}
