#include "core/notification.h"
#include "base/text.h"
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
static const char *unsubscribe_token(const struct context *context, const char *account_id,
                                     const char *name) {
    const char *text = arena_printf(context->arena, "%s/%s", account_id, name);
    return arena_printf(
        context->arena, "%s_%s_%s", account_id,
        token_hash_keyed(context->arena, context->services->master_key, "unsubscribe", text), name);
}

const char *notification_unsubscribe_url(const struct context *context, const char *account_id,
                                         enum notification notification) {
    return arena_printf(context->arena, "%s/v1/unsubscriptions/%s",
                        context->services->config->public_url,
                        unsubscribe_token(context, account_id, NAMES[notification]));
}

enum err notification_unsubscribe(struct context *context, const char *token) {
    const size_t name_at = UUID_TEXT_BYTES + SEAL_CHARACTERS + 1;
    if (strlen(token) <= name_at) {
        return ERR_NOT_FOUND;
    }
    const char *account_id = arena_strndup(context->arena, token, UUID_TEXT_BYTES - 1);
    const char *name = token + name_at;
    if (!text_is_uuid(account_id) ||
        !token_hash_equal(unsubscribe_token(context, account_id, name), token)) {
        return ERR_NOT_FOUND;
    }
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE);
    return sql_account_unsubscribe(&once, .account = account_id, .notification = name);
}
