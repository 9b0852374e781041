#include "usage/usage_store.h"

#define P_TIME(ms) ((ms) == 0 ? P_NULL : P_INTEGER(ms))

enum err usage_document(struct tx *tx, const char *token_id, int64_t from_ms, int64_t to_ms,
                        int64_t bucket_s, const char *advice, const char **json) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_USAGE_DOCUMENT, &rows, P_TEXT(token_id), P_INTEGER(from_ms),
                 P_INTEGER(to_ms), P_INTEGER(bucket_s), P_TEXT(advice)));
    *json = rows_text(rows, 0, "document");
    return ERR_NONE;
}

enum err usage_export(struct tx *tx, const char *document, const char **csv) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_USAGE_EXPORT, &rows, P_TEXT(document)));
    *csv = rows_text(rows, 0, "lines");
    return ERR_NONE;
}

/* The parameters that a page and an export have in common. */
#define P_FILTERED(token_id, filter, place, limit)                                                 \
    P_TEXT(token_id), (filter)->status_least == 0 ? P_NULL : P_INTEGER((filter)->status_least),    \
        (filter)->status_least == 0 ? P_NULL : P_INTEGER((filter)->status_most),                   \
        P_TEXT((filter)->error_code), P_TEXT((filter)->endpoint), P_TEXT((filter)->request_id),    \
        P_TIME((filter)->from_ms), P_TIME((filter)->to_ms),                                        \
        (place).at_us == 0 ? P_NULL : P_INTEGER((place).at_us),                                    \
        (place).at_us == 0 ? P_NULL : P_INTEGER((place).number), P_INTEGER(limit)

enum err usage_list_calls(struct tx *tx, const char *token_id,
                          const struct usage_call_filter *filter, struct usage_call_place place,
                          int64_t limit, const char **json) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_CALL_LIST, &rows, P_FILTERED(token_id, filter, place, limit)));
    *json = rows_text(rows, 0, "document");
    return ERR_NONE;
}

enum err usage_export_calls(struct tx *tx, const char *token_id,
                            const struct usage_call_filter *filter, enum usage_export form,
                            struct usage_call_place *place, int64_t limit, const char **lines) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_CALL_EXPORT, &rows, P_FILTERED(token_id, filter, *place, limit),
                 P_BOOLEAN(form == USAGE_EXPORT_JSON)));
    *lines = rows_text(rows, 0, "lines");
    *place = (struct usage_call_place){.at_us = rows_integer(rows, 0, "next_at", 0),
                                       .number = rows_integer(rows, 0, "next_id", 0)};
    return ERR_NONE;
}

enum err usage_find_unknown_tokens(struct tx *tx, const char *calls, const char *product,
                                   int64_t **places, size_t *count) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_CALL_FIND_UNKNOWN_TOKENS, &rows, P_TEXT(calls), P_TEXT(product)));
    *places = ARENA_ARRAY(tx->arena, int64_t, rows->count);
    *count = rows->count;
    for (size_t i = 0; i < rows->count; i++) {
        (*places)[i] = rows_integer(rows, i, "place", 0);
    }
    return ERR_NONE;
}

enum err usage_post(struct tx *tx, const char *calls, int64_t *accepted) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_CALL_MAKE_PARTITIONS, NULL, P_TEXT(calls)));
    TRY(tx_query(tx, &SQL_CALL_POST, &rows, P_TEXT(calls)));
    *accepted = rows_integer(rows, 0, "accepted", 0);
    return ERR_NONE;
}

enum err usage_roll_next(struct pool *pool, bool *rolled) {
    ARENA_AUTO(arena);
    struct rows *rows = NULL;
    TRY(pool_run(pool, &arena, IDENTITY_SYSTEM, TX_LONG, &SQL_CALL_ROLL_NEXT, NULL, 0, &rows));
    *rolled = rows_boolean(rows, 0, "rolled");
    return ERR_NONE;
}

enum err usage_delete_old(struct pool *pool) {
    ARENA_AUTO(arena);
    return pool_run(pool, &arena, IDENTITY_SYSTEM, TX_WRITE, &SQL_CALL_DELETE_OLD_ROLL_UPS, NULL, 0,
                    NULL);
}

enum err usage_alert_document(struct tx *tx, const char *token_id, const char **json,
                              int64_t *version) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_USAGE_ALERT_DOCUMENT, &rows, P_TEXT(token_id)));
    *json = rows_text(rows, 0, "document");
    *version = rows_integer(rows, 0, "version", 0);
    return ERR_NONE;
}

enum err usage_alert_replace(struct tx *tx, const char *token_id, int64_t if_match,
                             const char *alerts) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_USAGE_ALERT_BUMP, &rows, P_TEXT(token_id), P_INTEGER(if_match)));
    if (rows->count == 0) {
        return ERR_STALE;
    }
    TRY(tx_query(tx, &SQL_USAGE_ALERT_CLEAR, NULL, P_TEXT(token_id)));
    return tx_query(tx, &SQL_USAGE_ALERT_ADD, NULL, P_TEXT(token_id), P_TEXT(alerts));
}

enum err usage_alert_claim(struct tx *tx, const char *limits, struct usage_alert_change *change) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_USAGE_ALERT_CLAIM, &rows, P_TEXT(limits)));
    *change = (struct usage_alert_change){0};
    if (rows->count > 0) {
        *change = (struct usage_alert_change){
            .token_id = rows_text(rows, 0, "token_id"),
            .kind = rows_text(rows, 0, "kind"),
            .threshold = rows_text(rows, 0, "threshold"),
            .figure = rows_text(rows, 0, "figure"),
            .window_minutes = rows_integer(rows, 0, "window_minutes", 0),
            .is_beyond = rows_boolean(rows, 0, "is_beyond"),
        };
    }
    return ERR_NONE;
}
