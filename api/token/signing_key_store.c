#include "token/signing_key_store.h"
#include "base/json.h"

enum err signing_key_lock(struct tx *tx) {
    return tx_query_plain(tx, &SQL_SIGNING_KEY_LOCK, NULL);
}

enum err signing_key_list_living(struct tx *tx, struct signing_key_row **out, size_t *count) {
    struct rows *rows = NULL;
    TRY(tx_query_plain(tx, &SQL_SIGNING_KEY_LIST_LIVING, &rows));
    *count = rows->count;
    *out = ARENA_ARRAY(tx->arena, struct signing_key_row, rows->count);
    for (size_t i = 0; i < rows->count; i++) {
        (*out)[i] = (struct signing_key_row){.kid = rows_text(rows, i, "kid"),
                                             .state = rows_text(rows, i, "state"),
                                             .public_pem = rows_text(rows, i, "public_pem"),
                                             .public_jwk = rows_text(rows, i, "public_jwk")};
    }
    return ERR_NONE;
}

enum err signing_key_find_current(struct tx *tx, const char **kid,
                                  const char **sealed_private_pem) {
    struct rows *rows = NULL;
    TRY(tx_query_plain(tx, &SQL_SIGNING_KEY_FIND_CURRENT, &rows));
    *kid = rows_text(rows, 0, "kid");
    *sealed_private_pem = rows_text(rows, 0, "sealed_private_pem");
    return ERR_NONE;
}

enum err signing_key_insert(struct tx *tx, const char *kid, const char *state,
                            const struct value *public_jwk, const char *public_pem,
                            const char *sealed_private_pem) {
    TRY(tx_query(tx, &SQL_SIGNING_KEY_INSERT, NULL, P_TEXT(kid), P_TEXT(state),
                 P_TEXT(json_text(tx->arena, public_jwk)), P_TEXT(public_pem),
                 P_TEXT(sealed_private_pem)));
    return tx_query_plain(tx, &SQL_SIGNING_KEY_NOTIFY, NULL);
}

enum err signing_key_rotate(struct tx *tx) {
    TRY(signing_key_lock(tx));
    TRY(tx_query_plain(tx, &SQL_SIGNING_KEY_DEMOTE_CURRENT, NULL));
    TRY(tx_query_plain(tx, &SQL_SIGNING_KEY_PROMOTE_NEXT, NULL));
    return tx_query_plain(tx, &SQL_SIGNING_KEY_RETIRE_UNUSED, NULL);
}

enum err signing_key_retire(struct tx *tx, const char *kid, bool *known) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_SIGNING_KEY_RETIRE, &rows, P_TEXT(kid)));
    *known = rows->count > 0;
    return tx_query_plain(tx, &SQL_SIGNING_KEY_NOTIFY, NULL);
}
