#include "token/token_store.h"
#include "base/json.h"

enum err token_plan(struct tx *tx, const char *request_id, int64_t months,
                    const char *habilitation_id, struct token_plan *plan) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_TOKEN_PLAN, &rows, P_TEXT(request_id), P_INTEGER(months),
                 P_TEXT(habilitation_id)));
    *plan = (struct token_plan){.id = rows_text(rows, 0, "id"),
                                .subject_id = rows_text(rows, 0, "subject_id"),
                                .issued_at_s = rows_integer(rows, 0, "issued_at", 0),
                                .expires_at_s = rows_integer(rows, 0, "expires_at", 0),
                                .exists = rows_boolean(rows, 0, "exists"),
                                .lives = rows_boolean(rows, 0, "lives")};
    return ERR_NONE;
}

enum err token_insert(struct tx *tx, const struct token_signed *token, const char *request_id,
                      const char *product, const char *siret) {
    return tx_query(tx, &SQL_TOKEN_INSERT, NULL, P_TEXT(token->id), P_TEXT(request_id),
                    P_TEXT(token->habilitation_id), P_TEXT(product), P_TEXT(siret),
                    P_TEXT(json_text(tx->arena, token->scopes)), P_TEXT(token->kid),
                    P_INTEGER(token->issued_at_s), P_TEXT(token->sealed_jwt),
                    P_INTEGER(token->expires_at_s));
}

enum err token_renew(struct tx *tx, const char *id, const char *habilitation_id,
                     const struct value *scopes, int64_t expires_at_s) {
    return tx_query(tx, &SQL_TOKEN_RENEW, NULL, P_TEXT(id), P_TEXT(habilitation_id),
                    P_TEXT(json_text(tx->arena, scopes)), P_INTEGER(expires_at_s));
}

enum err token_reissue(struct tx *tx, const struct token_signed *token) {
    return tx_query(tx, &SQL_TOKEN_REISSUE, NULL, P_TEXT(token->id), P_TEXT(token->habilitation_id),
                    P_TEXT(json_text(tx->arena, token->scopes)), P_TEXT(token->kid),
                    P_INTEGER(token->issued_at_s), P_TEXT(token->sealed_jwt),
                    P_INTEGER(token->expires_at_s));
}
