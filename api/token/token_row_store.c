#include "token/token_row_store.h"
#include "base/json.h"

enum err token_row_lock(struct tx *tx, const char *id, const char *account_id,
                        struct token_row *row) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_TOKEN_LOCK, &rows, P_TEXT(id), P_TEXT(account_id)));
    if (rows->count == 0) {
        return ERR_NOT_FOUND;
    }
    *row = (struct token_row){
        .id = rows_text(rows, 0, "id"),
        .request_id = rows_text(rows, 0, "request_id"),
        .subject_id = rows_text(rows, 0, "subject_id"),
        .product = rows_text(rows, 0, "product"),
        .siret = rows_text(rows, 0, "siret"),
        .sealed_jwt = rows_text(rows, 0, "sealed_jwt"),
        .scopes = rows_text(rows, 0, "scopes"),
        .rights = rows_text(rows, 0, "rights"),
        .state = rows_text(rows, 0, "state"),
        .version = rows_integer(rows, 0, "version", 0),
        .next_issued_at_s = rows_integer(rows, 0, "next_issued_at", 0),
        .expires_at_s = rows_integer(rows, 0, "expires_at", 0),
        .expires_at = rows_text(rows, 0, "expires_at_text"),
        .revoked_at_ms = rows_integer(rows, 0, "revoked_at_ms", 0),
        .plan_is_of_staff = rows_boolean(rows, 0, "plan_is_of_staff"),
        .is_reopened = rows_boolean(rows, 0, "is_reopened"),
        .prolongation_open = rows_boolean(rows, 0, "prolongation_open"),
        .prolongation_over = rows_boolean(rows, 0, "prolongation_over"),
    };
    return ERR_NONE;
}

enum err token_row_find(struct tx *tx, const char *id, const char *account_id,
                        struct token_row *row) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_TOKEN_FIND, &rows, P_TEXT(id), P_TEXT(account_id)));
    if (rows->count == 0) {
        return ERR_NOT_FOUND;
    }
    *row = (struct token_row){.id = rows_text(rows, 0, "id"),
                              .request_id = rows_text(rows, 0, "request_id"),
                              .product = rows_text(rows, 0, "product"),
                              .siret = rows_text(rows, 0, "siret"),
                              .rights = rows_text(rows, 0, "rights"),
                              .state = rows_text(rows, 0, "state")};
    return ERR_NONE;
}

enum err token_row_document(struct tx *tx, const char *id, const char *account_id,
                            const char **json, int64_t *version) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_TOKEN_DOCUMENT, &rows, P_TEXT(id), P_TEXT(account_id)));
    *json = rows_text(rows, 0, "document");
    *version = rows_integer(rows, 0, "version", 0);
    return rows->count == 0 ? ERR_NOT_FOUND : ERR_NONE;
}

enum err token_row_set_addresses(struct tx *tx, const char *id, const struct value *addresses) {
    return tx_query(tx, &SQL_TOKEN_SET_ADDRESSES, NULL, P_TEXT(id),
                    P_TEXT(json_text(tx->arena, addresses)));
}

enum err token_row_rotate(struct tx *tx, const char *id, const struct token_rotation *rotation,
                          const char **former_good_until) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_TOKEN_ROTATE, &rows, P_TEXT(id), P_TEXT(rotation->kid),
                 P_INTEGER(rotation->issued_at_s), P_TEXT(rotation->sealed_jwt),
                 P_INTEGER(rotation->overlap_days)));
    *former_good_until = rows_text(rows, 0, "former_good_until");
    return ERR_NONE;
}

enum err token_row_revoke(struct tx *tx, const char *id, const char *account_id, const char *reason,
                          const char *at, bool *dead) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_TOKEN_REVOKE, &rows, P_TEXT(id), P_TEXT(account_id), P_TEXT(reason),
                 P_TEXT(at)));
    *dead = rows_boolean(rows, 0, "dead");
    return ERR_NONE;
}

enum err token_row_withdraw_revocation(struct tx *tx, const char *id, bool *withdrawn) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_TOKEN_WITHDRAW_REVOCATION, &rows, P_TEXT(id)));
    *withdrawn = rows->count > 0;
    return ERR_NONE;
}

enum err token_row_prolong(struct tx *tx, const char *id, int64_t months, const char **expires_at) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_TOKEN_PROLONG, &rows, P_TEXT(id), P_INTEGER(months)));
    *expires_at = rows_text(rows, 0, "expires_at");
    return ERR_NONE;
}

enum err token_row_note_reveal(struct tx *tx, const char *id, const struct token_reveal *reveal) {
    return tx_query(tx, &SQL_TOKEN_REVEAL_ADD, NULL, P_TEXT(id), P_TEXT(reveal->how),
                    P_TEXT(reveal->account_id), P_TEXT(reveal->client_id), P_TEXT(reveal->share_id),
                    P_TEXT(reveal->address));
}

enum err token_row_introspect(struct tx *tx, const char *id, int64_t issued_at_s,
                              const char *issuer, const char **json) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_TOKEN_INTROSPECT, &rows, P_TEXT(id), P_INTEGER(issued_at_s),
                 P_TEXT(issuer)));
    *json = rows_text(rows, 0, "document");
    return ERR_NONE;
}

enum err token_row_list_recipients(struct tx *tx, const char *id, const char *contacts,
                                   struct token_recipient **recipients, size_t *count) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_TOKEN_LIST_RECIPIENTS, &rows, P_TEXT(id), P_TEXT(contacts)));
    *count = rows->count;
    *recipients = ARENA_ARRAY(tx->arena, struct token_recipient, rows->count);
    for (size_t i = 0; i < rows->count; i++) {
        (*recipients)[i] = (struct token_recipient){.email = rows_text(rows, i, "email"),
                                                    .account_id = rows_text(rows, i, "account_id")};
    }
    return ERR_NONE;
}

enum err token_row_describe(struct tx *tx, const char *id, struct value **data) {
    static const char *const MEMBERS[] = {"id",
                                          "product",
                                          "siret",
                                          "title",
                                          "organisation_name",
                                          "request_id",
                                          "expires_on",
                                          "revoked_on",
                                          "revocation_reason",
                                          "request_number"};
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_TOKEN_DESCRIBE, &rows, P_TEXT(id)));
    *data = value_object(tx->arena);
    for (size_t i = 0; i < sizeof MEMBERS / sizeof MEMBERS[0]; i++) {
        value_set_text(tx->arena, *data, MEMBERS[i], rows_text(rows, 0, MEMBERS[i]));
    }
    return rows->count == 0 ? ERR_NOT_FOUND : ERR_NONE;
}

enum err token_row_claim_dead(struct tx *tx, const char **id, const char **request_id) {
    struct rows *rows = NULL;
    TRY(tx_query_plain(tx, &SQL_TOKEN_CLAIM_DEAD, &rows));
    *id = rows_text(rows, 0, "id");
    *request_id = rows_text(rows, 0, "request_id");
    return ERR_NONE;
}

enum err token_row_claim_notice(struct tx *tx, const char **id, const char **request_id,
                                int64_t *days) {
    struct rows *rows = NULL;
    TRY(tx_query_plain(tx, &SQL_TOKEN_NOTICE_CLAIM, &rows));
    *id = rows_text(rows, 0, "id");
    *request_id = rows_text(rows, 0, "request_id");
    *days = rows_integer(rows, 0, "days", 0);
    return ERR_NONE;
}

enum err token_row_claim_signed_by(struct tx *tx, const char *kid, struct token_row *row) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_TOKEN_CLAIM_SIGNED_BY, &rows, P_TEXT(kid)));
    *row = (struct token_row){
        .id = rows_text(rows, 0, "id"),
        .request_id = rows_text(rows, 0, "request_id"),
        .subject_id = rows_text(rows, 0, "subject_id"),
        .product = rows_text(rows, 0, "product"),
        .siret = rows_text(rows, 0, "siret"),
        .scopes = rows_text(rows, 0, "scopes"),
        .state = rows_text(rows, 0, "state"),
        .next_issued_at_s = rows_integer(rows, 0, "next_issued_at", 0),
        .expires_at_s = rows_integer(rows, 0, "expires_at", 0),
    };
    return ERR_NONE;
}

enum err token_row_forget_former_of_key(struct tx *tx, const char *kid) {
    return tx_query(tx, &SQL_TOKEN_FORGET_FORMER_OF_KEY, NULL, P_TEXT(kid));
}
