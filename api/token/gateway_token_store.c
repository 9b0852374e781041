#include "token/gateway_token_store.h"

static struct gateway_token row_to_token(const struct rows *rows, size_t row) {
    return (struct gateway_token){
        .id = rows_text(rows, row, "id"),
        .product = rows_text(rows, row, "product"),
        .scopes = rows_text(rows, row, "scopes"),
        .allowed_ips = rows_text(rows, row, "allowed_ips"),
        .issued_at_s = rows_integer(rows, row, "issued_at", 0),
        .previous_issued_at_s = rows_integer(rows, row, "previous_issued_at", -1),
        .previous_until_ms = rows_integer(rows, row, "previous_until_ms", -1),
        .expires_at_ms = rows_integer(rows, row, "expires_at_ms", 0),
        .revoked_at_ms = rows_integer(rows, row, "revoked_at_ms", -1),
        .change_number = rows_integer(rows, row, "change_number", 0),
    };
}

enum err gateway_token_find(struct pool *pool, struct arena *arena, const char *id,
                            struct gateway_token *out) {
    struct rows *rows = NULL;
    TRY(pool_query(pool, arena, IDENTITY_SYSTEM, TX_READ, &SQL_TOKEN_FIND_FOR_GATEWAY, &rows,
                   P_TEXT(id)));
    if (rows->count == 0) {
        return ERR_NOT_FOUND;
    }
    *out = row_to_token(rows, 0);
    return ERR_NONE;
}

enum err gateway_token_list_changed(struct pool *pool, struct arena *arena, int64_t after,
                                    size_t most, struct gateway_token **out, size_t *count,
                                    int64_t *last_number) {
    struct rows *rows = NULL;
    TRY(pool_query(pool, arena, IDENTITY_SYSTEM, TX_READ, &SQL_TOKEN_LIST_CHANGED, &rows,
                   P_INTEGER(after), P_INTEGER(most)));
    *last_number = rows_integer(rows, 0, "last_number", 0);
    *count = rows_text(rows, 0, "id") == NULL ? 0 : rows->count;
    *out = ARENA_ARRAY(arena, struct gateway_token, *count);
    for (size_t i = 0; i < *count; i++) {
        (*out)[i] = row_to_token(rows, i);
    }
    return ERR_NONE;
}

enum err gateway_token_touch(struct pool *pool, struct arena *arena, const char *ids,
                             const char *current_ms, const char *previous_ms) {
    return pool_query(pool, arena, IDENTITY_SYSTEM, TX_WRITE, &SQL_TOKEN_TOUCH_CALLED, NULL,
                      P_TEXT(ids), P_TEXT(current_ms), P_TEXT(previous_ms));
}
