#include "core/notification.h"
#include "base/text.h"
#include "core/derived_key.h"
#include "security/token_hash.h"
#include "sql/core.h"
#include <string.h>

enum { SEAL_CHARACTERS = 2 * TOKEN_HASH_BYTES };

static const char *const NAMES[NOTIFICATIONS_COUNT] = {
    [NOTIFICATION_NEW_SUBMISSION] = "new_submission",
    [NOTIFICATION_MESSAGE] = "message",
    [NOTIFICATION_NEW_MEMBER] = "new_member",
};

const char *notification_name(enum notification notification) {
    return NAMES[notification];
}

/* The account's UUID, its keyed hash and the kind, joined by '_'. */
static const char *unsubscribe_token(struct arena *arena, const struct seal_key *key,
                                     const char *account_id, const char *name) {
    const char *text = arena_printf(arena, "%s/%s", account_id, name);
    return arena_printf(arena, "%s_%s_%s", account_id,
                        token_hash_keyed(arena, key, DERIVED_KEY_UNSUBSCRIBE, text), name);
}

const char *notification_unsubscribe_url(const struct context *context, const char *account_id,
                                         enum notification notification) {
    const struct derived_key key =
        derived_key_of(context->arena, context->services->master_key, DERIVED_KEY_UNSUBSCRIBE);
    return arena_printf(
        context->arena, "%s/v1/unsubscriptions/%s", context->services->config->public_url,
        unsubscribe_token(context->arena, &key.key, account_id, NAMES[notification]));
}

/* Whether a key that may have been used made the token, or a master key itself as before 1.0.0. */
static enum err is_ours(struct context *context, const char *account_id, const char *name,
                        const char *token, bool *out) {
    struct arena *arena = context->arena;
    const struct derived_key *keys = NULL;
    struct tx once = tx_once(context->services->pool, arena, IDENTITY_SYSTEM, TX_READ);
    TRY(derived_keys_find(&once, context->services->master_key, DERIVED_KEY_UNSUBSCRIBE, &keys));
    *out = false;
    for (; keys != NULL; keys = keys->next) {
        *out =
            *out || token_hash_equal(unsubscribe_token(arena, &keys->key, account_id, name), token);
    }
    for (const struct seal_key *key = context->services->master_key; key != NULL;
         key = key->former) {
        *out = *out || token_hash_equal(unsubscribe_token(arena, key, account_id, name), token);
    }
    return ERR_NONE;
}

enum err notification_unsubscribe(struct context *context, const char *token) {
    const size_t name_at = UUID_TEXT_BYTES + SEAL_CHARACTERS + 1;
    if (strlen(token) <= name_at) {
        return ERR_NOT_FOUND;
    }
    const char *account_id = arena_strndup(context->arena, token, UUID_TEXT_BYTES - 1);
    const char *name = token + name_at;
    bool ours = false;
    if (!text_is_uuid(account_id)) {
        return ERR_NOT_FOUND;
    }
    TRY(is_ours(context, account_id, name, token, &ours));
    if (!ours) {
        return ERR_NOT_FOUND;
    }
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE);
    return sql_account_unsubscribe(&once, .account = account_id, .notification = name);
}
