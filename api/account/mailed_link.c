#include "account/mailed_link.h"
#include "base/json.h"
#include "core/email.h"
#include "core/link_ending.h"
#include "security/random.h"

static const struct kind {
    const char *name; /* link.kind in the database */
    const char *path; /* the page that it opens */
    int64_t lives_s;
    struct link_words words; /* to who presses one that is over */
} KINDS[] = {
    [LINK_ACTIVATION] =
        {"activation",
         "/activation",
         LINK_ACTIVATION_LIVES_S,
         {.used = "Ce compte est déjà actif : le lien a servi, ou l’adresse a reçu un compte, le "
                  "{when}. Connectez-vous.",
          .expired = "Ce lien ne sert plus depuis le {when} : il valait 24 heures. Demandez-en un "
                     "nouveau.",
          .replaced = "Un lien plus récent a été envoyé à la même adresse le {when} : utilisez "
                      "celui-là."}},
    [LINK_PASSWORD_RESET] =
        {"password_reset",
         "/mot-de-passe",
         INT64_C(30) * 60,
         {.used = "Le mot de passe a déjà été changé le {when}, par ce lien ou par un plus récent. "
                  "Connectez-vous, ou demandez un nouveau lien si ce n’était pas vous.",
          .expired = "Ce lien ne sert plus depuis le {when} : il valait 30 minutes. Demandez-en un "
                     "nouveau.",
          .replaced = "Un lien plus récent a été envoyé à la même adresse le {when} : utilisez "
                      "celui-là.",
          .ended = "Le mot de passe ou l’adresse du compte a changé le {when}, ce qui met fin à ce "
                   "lien. Connectez-vous, ou demandez-en un nouveau."}},
    [LINK_EMAIL_CHANGE] =
        {"email_change",
         "/adresse",
         INT64_C(24) * 3600,
         {.used = "L’adresse du compte a déjà été changée le {when}, par ce lien ou par un plus "
                  "récent.",
          .expired = "Ce lien ne sert plus depuis le {when} : il valait 24 heures. Demandez-en un "
                     "nouveau depuis votre compte.",
          .replaced = "Un changement d’adresse plus récent a été demandé le {when} : utilisez le "
                      "lien envoyé alors.",
          .ended = "Le mot de passe du compte a changé le {when}, ce qui met fin à ce lien. "
                   "Demandez-en un nouveau depuis votre compte."}},
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

enum err link_refuse(struct context *context, struct tx *tx, enum link_kind kind,
                     const char *secret) {
    unsigned char hash[TOKEN_HASH_BYTES];
    struct link_ending ending = {0};
    bool found = false;
    token_hash_bytes(secret, hash);
    TRY(sql_link_find_ending(tx, &found, &ending, .kind = KINDS[kind].name,
                             .secret_hash = bytes_of(hash, sizeof hash)));
    return link_ending_refuse(context, &KINDS[kind].words, found ? ending.ending : NULL, ending.at,
                              ending.told_at);
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
    return found ? ERR_NONE : link_refuse(context, tx, kind, secret);
}

enum err link_cancel(struct tx *tx, enum link_kind kind, const char *account_id) {
    return sql_link_cancel(tx, .account = account_id, .kind = KINDS[kind].name);
}
