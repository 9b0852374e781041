#include "account/mailed_link.h"
#include "base/json.h"
#include "security/random.h"
#include "security/token_hash.h"

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
