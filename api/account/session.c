#include "account/session.h"
#include "core/role.h"
#include "security/csrf.h"
#include "security/token_hash.h"
#include "sql/account.h"

static void fill(const struct services *services, struct arena *arena,
                 const struct session_row *session, const char *secret, struct actor *actor) {
    actor->kind = ACTOR_ACCOUNT;
    actor->account_id = session->account_id;
    actor->email = session->email;
    actor->session_id = session->id;
    actor->csrf_token = csrf_derive(arena, secret);
    actor->logged_in_at_ms = session->logged_in_at_ms;
    actor->second_factor = session->second_factor;
    actor->second_factor_pending = session->is_enrolled && !session->second_factor;
    actor->second_factor_missing =
        services->config->staff_second_factor && !session->is_enrolled && session->needs_factor;
    actor->roles = role_parse_grants(arena, session->roles.or_null, &actor->roles_count);
}

enum err session_find(const struct services *services, struct arena *arena, const char *secret,
                      struct actor *actor) {
    unsigned char hash[TOKEN_HASH_BYTES];
    struct session_row session;
    bool found = false;
    token_hash_bytes(secret, hash);
    struct tx read = tx_once(services->pool, arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_session_find(&read, &found, &session, .secret_hash = bytes_of(hash, sizeof hash)));
    if (!found) {
        return ERR_UNAUTHENTICATED;
    }
    fill(services, arena, &session, secret, actor);
    if (!session.is_stale) {
        return ERR_NONE;
    }
    struct tx touch = tx_once(services->pool, arena, IDENTITY_SYSTEM, TX_WRITE);
    return sql_session_touch(&touch, .session = session.id);
}
