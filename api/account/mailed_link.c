#include "account/mailed_link.h"
#include "base/json.h"
#include "core/email.h"
#include "security/random.h"

static const struct kind {
    const char *name; /* link.kind in the database */
    const char *path; /* the page that it opens */
    int64_t lives_s;
    const char *expired; /* the answer to a secret that opens nothing */
} KINDS[] = {
    [LINK_ACTIVATION] = {"activation", "/activation", LINK_ACTIVATION_LIVES_S,
                         "Ce lien a déjà servi, a été remplacé par un plus récent ou a plus de "
                         "24 heures. Demandez-en un nouveau, ou connectez-vous si votre compte "
                         "existe déjà."},
    [LINK_PASSWORD_RESET] = {"password_reset", "/mot-de-passe", INT64_C(30) * 60,
                             "Ce lien a déjà servi, a été remplacé par un plus récent ou a plus de "
                             "30 minutes. Demandez-en un nouveau."},
    [LINK_EMAIL_CHANGE] = {"email_change", "/adresse", INT64_C(24) * 3600,
                           "Ce lien a déjà servi, a été remplacé par un plus récent ou a plus de "
                           "24 heures. Demandez-en un nouveau depuis votre compte."},
};

static const char *payload_of(struct arena *arena, const struct email *email) {
    struct value *payload = value_object(arena);
    if (email != NULL) {
        value_set_text(arena, payload, "email", email->address);
        value_set_text(arena, payload, "email_key", email->key);
    }
    return json_text(arena, payload);
}

const char *link_new(const struct context *context, enum link_kind kind,
                     unsigned char hash[TOKEN_HASH_BYTES]) {
    const char *secret = random_token(context->arena);
    token_hash_bytes(secret, hash);
    /* Behind '#', so that neither logs nor other sites see the secret. */
    return arena_printf(context->arena, "%s%s#%s", context->services->config->public_url,
                        KINDS[kind].path, secret);
}

enum err link_refuse(struct context *context, enum link_kind kind) {
    field_errors_add(context->errors, "/token", "expired", "%s", KINDS[kind].expired);
    return ERR_INVALID;
}

enum err link_create(struct context *context, struct tx *tx, enum link_kind kind,
                     const char *account_id, const struct email *email, const char **url) {
    unsigned char hash[TOKEN_HASH_BYTES];
    *url = link_new(context, kind, hash);
    return sql_link_create(tx, .kind = KINDS[kind].name, .account = account_id,
                           .secret_hash = bytes_of(hash, sizeof hash),
                           .payload = payload_of(context->arena, email),
                           .lives_s = KINDS[kind].lives_s);
}

enum err link_lock(struct context *context, struct tx *tx, enum link_kind kind, const char *secret,
                   struct link_row *out) {
    unsigned char hash[TOKEN_HASH_BYTES];
    bool found = false;
    token_hash_bytes(secret, hash);
    TRY(sql_link_lock(tx, &found, out, .kind = KINDS[kind].name,
                      .secret_hash = bytes_of(hash, sizeof hash)));
    return found ? ERR_NONE : link_refuse(context, kind);
}

enum err link_cancel(struct tx *tx, enum link_kind kind, const char *account_id) {
    return sql_link_cancel(tx, .account = account_id, .kind = KINDS[kind].name);
}
