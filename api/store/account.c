#include "store/account.h"
#include "base/json.h"
#include "security/random.h"
#include "security/token_hash.h"
#include <string.h>

static enum err one_account(const struct rows *rows, struct account_row *out) {
    if (rows->count == 0) {
        return ERR_NOT_FOUND;
    }
    *out = (struct account_row){
        .id = rows_text(rows, 0, "id"),
        .email = rows_text(rows, 0, "email"),
        .email_key = rows_text(rows, 0, "email_key"),
        .given_name = rows_text(rows, 0, "given_name"),
        .family_name = rows_text(rows, 0, "family_name"),
        .job_title = rows_text(rows, 0, "job_title"),
        .phone = rows_text(rows, 0, "phone"),
        .password_hash = rows_text(rows, 0, "password_hash"),
        .state =
            strcmp(rows_text(rows, 0, "state"), "active") == 0 ? ACCOUNT_ACTIVE : ACCOUNT_PENDING,
        .current_siret = rows_text(rows, 0, "current_siret"),
        .locale = rows_text(rows, 0, "locale"),
        .notifications = rows_text(rows, 0, "notifications"),
        .version = rows_integer(rows, 0, "version", 0),
    };
    return ERR_NONE;
}

enum err account_find(struct tx *tx, const char *id, struct account_row *out) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_ACCOUNT_FIND, &rows, P_TEXT(id)));
    return one_account(rows, out);
}

enum err account_lock(struct tx *tx, const char *id, struct account_row *out) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_ACCOUNT_LOCK, &rows, P_TEXT(id)));
    return one_account(rows, out);
}

enum err account_find_by_email(struct tx *tx, const char *email_key, struct account_row *out) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_ACCOUNT_FIND_BY_EMAIL, &rows, P_TEXT(email_key)));
    return one_account(rows, out);
}

static const char *kind_name(enum link_kind kind) {
    switch (kind) {
    case LINK_ACTIVATION:
        return "activation";
    case LINK_PASSWORD_RESET:
        return "password_reset";
    case LINK_EMAIL_CHANGE:
        return "email_change";
    }
    return "";
}

enum err link_create(struct tx *tx, enum link_kind kind, const char *account_id, const char *email,
                     const char *email_key, int64_t lives_s, const char **secret) {
    unsigned char hash[TOKEN_HASH_BYTES];
    struct value *payload = value_object(tx->arena);
    if (email != NULL) {
        value_set_text(tx->arena, payload, "email", email);
        value_set_text(tx->arena, payload, "email_key", email_key);
    }
    *secret = random_token(tx->arena);
    token_hash_bytes(*secret, hash);
    return tx_query(tx, &SQL_LINK_CREATE, NULL, P_TEXT(kind_name(kind)), P_TEXT(account_id),
                    P_BYTES(hash, sizeof hash), P_TEXT(json_text(tx->arena, payload)),
                    P_INTEGER(lives_s));
}

enum err link_find(struct tx *tx, enum link_kind kind, const char *secret, struct link_row *out) {
    unsigned char hash[TOKEN_HASH_BYTES];
    struct rows *rows = NULL;
    token_hash_bytes(secret, hash);
    TRY(tx_query(tx, &SQL_LINK_FIND, &rows, P_TEXT(kind_name(kind)), P_BYTES(hash, sizeof hash)));
    if (rows->count == 0) {
        return ERR_NOT_FOUND;
    }
    *out = (struct link_row){.id = rows_text(rows, 0, "id"),
                             .account_id = rows_text(rows, 0, "account_id"),
                             .email = rows_text(rows, 0, "email"),
                             .email_key = rows_text(rows, 0, "email_key")};
    return ERR_NONE;
}

enum err link_use(struct tx *tx, const struct link_row *link) {
    return tx_query(tx, &SQL_LINK_USE, NULL, P_TEXT(link->id));
}

enum err link_kill(struct tx *tx, enum link_kind kind, const char *account_id) {
    return tx_query(tx, &SQL_LINK_DELETE_KIND, NULL, P_TEXT(account_id), P_TEXT(kind_name(kind)));
}
