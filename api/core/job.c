#include "core/job.h"
#include "base/json.h"

enum err job_add(struct tx *tx, const char *kind, const char *key, const struct value *payload,
                 int64_t in_s) {
    return sql_job_add(tx, .kind = kind, .key = key,
                       .payload = payload == NULL ? NULL : json_text(tx->arena, payload),
                       .in_s = in_s);
}

static enum err record(struct tx *tx, const struct job_outcome *former) {
    if (*former->id == '\0') {
        return ERR_NONE;
    }
    return former->again_in_s < 0
               ? sql_job_finish(tx, .job = former->id)
               : sql_job_put_off(tx, .job = former->id, .in_s = former->again_in_s,
                                 .problem = former->problem);
}

enum err job_claim(struct pool *pool, struct arena *arena, const struct job_lane *lane,
                   struct job_outcome *former, struct job_row *job, bool *found, int64_t *wait_ms) {
    struct nullable_int next_due_ms = NULL_INT;
    TX_AUTO(tx);
    TRY(tx_begin(pool, arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(record(&tx, former));
    TRY(sql_job_claim(&tx, found, job, .slow_kinds = lane->slow_kinds, .is_slow = lane->is_slow));
    if (!*found) {
        TRY(sql_job_next_due(&tx, &next_due_ms, .slow_kinds = lane->slow_kinds,
                             .is_slow = lane->is_slow));
    }
    TRY(tx_commit(&tx));
    *former = (struct job_outcome){0};
    *wait_ms = nullable_int_or(next_due_ms, -1);
    return ERR_NONE;
}

enum err job_settle(struct pool *pool, struct arena *arena, struct job_outcome *former) {
    struct tx once = tx_once(pool, arena, IDENTITY_SYSTEM, TX_WRITE);
    TRY(record(&once, former));
    *former = (struct job_outcome){0};
    return ERR_NONE;
}
