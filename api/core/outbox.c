#include "core/outbox.h"
#include "base/json.h"

enum err outbox_add(struct tx *tx, const char *template, const char *recipient,
                    const char *account_id, const struct value *data) {
    return tx_query(tx, &SQL_OUTBOX_ADD, NULL, P_TEXT(template), P_TEXT(recipient),
                    P_TEXT(account_id), P_TEXT(json_text(tx->arena, data)));
}

enum err outbox_claim(struct pool *pool, struct arena *arena, size_t most,
                      struct outbox_mail **mails, size_t *count, int64_t *wait_ms) {
    struct rows *rows = NULL;
    struct rows *next = NULL;
    TX_AUTO(tx);
    TRY(tx_begin(pool, arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(tx_query(&tx, &SQL_OUTBOX_CLAIM, &rows, P_INTEGER(most)));
    *count = rows->count;
    if (*count == 0) {
        TRY(tx_query_plain(&tx, &SQL_OUTBOX_NEXT_DUE, &next));
        *wait_ms = rows_integer(next, 0, "wait_ms", -1);
    }
    TRY(tx_commit(&tx));
    *mails = ARENA_ARRAY(arena, struct outbox_mail, rows->count);
    for (size_t i = 0; i < rows->count; i++) {
        (*mails)[i] = (struct outbox_mail){.id = rows_text(rows, i, "id"),
                                           .template = rows_text(rows, i, "template"),
                                           .recipient = rows_text(rows, i, "recipient"),
                                           .data = rows_text(rows, i, "data"),
                                           .attempts = rows_integer(rows, i, "attempts", 1),
                                           .is_old = rows_boolean(rows, i, "is_old")};
    }
    return ERR_NONE;
}

enum err outbox_mark_sent(struct pool *pool, struct arena *arena, const char *id) {
    return pool_query(pool, arena, IDENTITY_SYSTEM, TX_WRITE, &SQL_OUTBOX_MARK_SENT, NULL,
                      P_TEXT(id));
}

enum err outbox_mark_failed(struct pool *pool, struct arena *arena, const char *id,
                            const char *reason, bool given_up) {
    return pool_query(pool, arena, IDENTITY_SYSTEM, TX_WRITE, &SQL_OUTBOX_MARK_FAILED, NULL,
                      P_TEXT(id), P_TEXT(reason), P_BOOLEAN(given_up));
}

enum err outbox_read_figures(struct pool *pool, struct arena *arena,
                             struct outbox_figures *figures) {
    struct rows *rows = NULL;
    TRY(pool_run(pool, arena, IDENTITY_SYSTEM, TX_READ, &SQL_OUTBOX_FIGURES, NULL, 0, &rows));
    *figures = (struct outbox_figures){.pending = rows_integer(rows, 0, "pending", 0),
                                       .parked = rows_integer(rows, 0, "parked", 0),
                                       .oldest_s = rows_integer(rows, 0, "oldest_s", 0),
                                       .jobs_late_s = rows_integer(rows, 0, "jobs_late_s", 0)};
    return ERR_NONE;
}
