#include "usage/rate_window_store.h"

enum err rate_window_take(struct pool *pool, const char *token_id, const char *limit_key,
                          int64_t wanted, int64_t per_minute, int64_t least,
                          struct rate_window_grant *out) {
    ARENA_AUTO(arena);
    struct rows *rows = NULL;
    TRY(pool_query(pool, &arena, IDENTITY_SYSTEM, TX_WRITE, &SQL_RATE_WINDOW_TAKE, &rows,
                   P_TEXT(token_id), P_TEXT(limit_key), P_INTEGER(wanted), P_INTEGER(per_minute),
                   P_INTEGER(least)));
    *out = (struct rate_window_grant){.used = rows_integer(rows, 0, "used", 0),
                                      .granted = rows_integer(rows, 0, "granted", 0),
                                      .reset_at_s = rows_integer(rows, 0, "reset_at_s", 0),
                                      .left_ms = rows_integer(rows, 0, "left_ms", 0)};
    return ERR_NONE;
}

enum err rate_window_list(struct pool *pool, struct arena *arena, const char *token_id,
                          struct rate_window_row **out, size_t *count) {
    struct rows *rows = NULL;
    TRY(pool_query(pool, arena, IDENTITY_SYSTEM, TX_READ, &SQL_RATE_WINDOW_LIST, &rows,
                   P_TEXT(token_id)));
    *out = ARENA_ARRAY(arena, struct rate_window_row, rows->count);
    *count = rows->count;
    for (size_t i = 0; i < rows->count; i++) {
        (*out)[i] = (struct rate_window_row){.limit_key = rows_text(rows, i, "limit_key"),
                                             .used = rows_integer(rows, i, "used", 0),
                                             .reset_at = rows_text(rows, i, "reset_at")};
    }
    return ERR_NONE;
}

enum err rate_window_delete_expired(struct pool *pool) {
    ARENA_AUTO(arena);
    return pool_run(pool, &arena, IDENTITY_SYSTEM, TX_WRITE, &SQL_RATE_WINDOW_DELETE_EXPIRED, NULL,
                    0, NULL);
}
