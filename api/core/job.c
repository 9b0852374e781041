#include "core/job.h"
#include "base/json.h"

enum err job_add(struct tx *tx, const char *kind, const char *key, const struct value *payload,
                 int64_t in_s) {
    return tx_query(tx, &SQL_JOB_ADD, NULL, P_TEXT(kind), P_TEXT(key),
                    P_TEXT(payload != NULL ? json_text(tx->arena, payload) : NULL),
                    P_INTEGER(in_s));
}

enum err job_keep(struct tx *tx, const char *kind, int64_t interval_s) {
    return tx_query(tx, &SQL_JOB_KEEP, NULL, P_TEXT(kind), P_INTEGER(interval_s));
}

static enum err settle(struct tx *tx, const struct job_outcome *former) {
    if (*former->id == '\0') {
        return ERR_NONE;
    }
    return former->again_in_s < 0 ? tx_query(tx, &SQL_JOB_FINISH, NULL, P_TEXT(former->id))
                                  : tx_query(tx, &SQL_JOB_PUT_OFF, NULL, P_TEXT(former->id),
                                             P_INTEGER(former->again_in_s), P_TEXT(former->reason));
}

enum err job_claim(struct pool *pool, struct arena *arena, struct job_outcome *former,
                   struct job_row *job, bool *found, int64_t *wait_ms) {
    struct rows *rows = NULL;
    struct rows *next = NULL;
    TX_AUTO(tx);
    TRY(tx_begin(pool, arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(settle(&tx, former));
    TRY(tx_query_plain(&tx, &SQL_JOB_CLAIM, &rows));
    if (rows->count == 0) {
        TRY(tx_query_plain(&tx, &SQL_JOB_NEXT_DUE, &next));
        *wait_ms = rows_integer(next, 0, "wait_ms", -1);
    }
    TRY(tx_commit(&tx));
    *former = (struct job_outcome){0};
    *found = rows->count == 1;
    *job = (struct job_row){.id = rows_text(rows, 0, "id"),
                            .kind = rows_text(rows, 0, "kind"),
                            .key = rows_text(rows, 0, "key"),
                            .payload = rows_text(rows, 0, "payload"),
                            .attempts = rows_integer(rows, 0, "attempts", 1)};
    return ERR_NONE;
}

enum err job_settle(struct pool *pool, struct arena *arena, struct job_outcome *former) {
    TX_AUTO(tx);
    TRY(tx_begin(pool, arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(settle(&tx, former));
    TRY(tx_commit(&tx));
    *former = (struct job_outcome){0};
    return ERR_NONE;
}

enum err job_extend(struct pool *pool, struct arena *arena, const char *id) {
    return pool_query(pool, arena, IDENTITY_SYSTEM, TX_WRITE, &SQL_JOB_EXTEND, NULL, P_TEXT(id));
}
