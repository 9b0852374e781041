#include "token/token_share_store.h"

enum err token_share_create(struct tx *tx, const char *token_id, const char *email,
                            const char *secret_hash, const char *account_id, const char **id,
                            const char **json) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_TOKEN_SHARE_CREATE, &rows, P_TEXT(token_id), P_TEXT(email),
                 P_TEXT(secret_hash), P_TEXT(account_id)));
    *id = rows_text(rows, 0, "id");
    *json = rows_text(rows, 0, "document");
    return ERR_NONE;
}

enum err token_share_count_pending(struct tx *tx, const char *token_id, int64_t *count) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_TOKEN_SHARE_COUNT_PENDING, &rows, P_TEXT(token_id)));
    *count = rows_integer(rows, 0, "pending", 0);
    return ERR_NONE;
}

enum err token_share_list(struct tx *tx, const char *token_id, int64_t limit, const char *at,
                          const char *id, const char **json) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_TOKEN_SHARE_LIST, &rows, P_TEXT(token_id), P_INTEGER(limit), P_TEXT(at),
                 P_TEXT(id)));
    *json = rows_text(rows, 0, "document");
    return ERR_NONE;
}

enum err token_share_cancel(struct tx *tx, const char *token_id, const char *id) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_TOKEN_SHARE_CANCEL, &rows, P_TEXT(id), P_TEXT(token_id)));
    if (rows->count == 0) {
        return ERR_NOT_FOUND;
    }
    return rows_boolean(rows, 0, "cancelled") ? ERR_NONE : ERR_CONFLICT;
}

enum err token_share_redeem(struct tx *tx, const char *secret_hash, struct token_share_use *use) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_TOKEN_SHARE_USE, &rows, P_TEXT(secret_hash)));
    *use = (struct token_share_use){.id = rows_text(rows, 0, "id"),
                                    .created_by = rows_text(rows, 0, "created_by"),
                                    .token_id = rows_text(rows, 0, "token_id"),
                                    .request_id = rows_text(rows, 0, "request_id"),
                                    .sealed_jwt = rows_text(rows, 0, "sealed_jwt"),
                                    .product = rows_text(rows, 0, "product"),
                                    .siret = rows_text(rows, 0, "siret")};
    return rows->count == 0 ? ERR_NOT_FOUND : ERR_NONE;
}
