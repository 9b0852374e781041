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

enum err job_claim(struct pool *pool, struct arena *arena, struct job_row *job, bool *found) {
    struct rows *rows = NULL;
    TRY(pool_run(pool, arena, IDENTITY_SYSTEM, TX_WRITE, &SQL_JOB_CLAIM, NULL, 0, &rows));
    *found = rows->count == 1;
    *job = (struct job_row){.id = rows_text(rows, 0, "id"),
                            .kind = rows_text(rows, 0, "kind"),
                            .key = rows_text(rows, 0, "key"),
                            .payload = rows_text(rows, 0, "payload"),
                            .attempts = rows_integer(rows, 0, "attempts", 1)};
    return ERR_NONE;
}

enum err job_finish(struct pool *pool, struct arena *arena, const char *id) {
    return pool_query(pool, arena, IDENTITY_SYSTEM, TX_WRITE, &SQL_JOB_FINISH, NULL, P_TEXT(id));
}

enum err job_put_off(struct pool *pool, struct arena *arena, const char *id, int64_t in_s,
                     const char *reason) {
    return pool_query(pool, arena, IDENTITY_SYSTEM, TX_WRITE, &SQL_JOB_PUT_OFF, NULL, P_TEXT(id),
                      P_INTEGER(in_s), P_TEXT(reason));
}
