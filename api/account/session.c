#include "account/session.h"
#include "core/role.h"
#include "security/csrf.h"
#include "security/token_hash.h"
#include <string.h>

/* Without the second factor that they need, roles that decide are as if not granted. */
static void parse_roles(struct arena *arena, const char *text, struct actor *actor) {
    size_t count = 0;
    struct role_grant *roles = role_parse_grants(arena, text, &count);
    actor->roles = roles;
    actor->roles_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!actor->second_factor_missing || roles[i].role == ROLE_REPORTER) {
            roles[actor->roles_count++] = roles[i];
        }
    }
}

static void fill(const struct services *services, struct arena *arena, const struct rows *rows,
                 const char *secret, struct actor *actor) {
    const bool enrolled = rows_boolean(rows, 0, "enrolled");
    actor->kind = ACTOR_ACCOUNT;
    actor->account_id = rows_text(rows, 0, "account_id");
    actor->email = rows_text(rows, 0, "email");
    actor->session_id = rows_text(rows, 0, "id");
    actor->csrf_token = csrf_derive(arena, secret);
    actor->logged_in_at_ms = rows_integer(rows, 0, "logged_in_at_ms", 0);
    actor->second_factor = rows_boolean(rows, 0, "second_factor");
    actor->second_factor_pending = enrolled && !actor->second_factor;
    actor->second_factor_missing = services->config->staff_second_factor && !enrolled &&
                                   rows_boolean(rows, 0, "needs_second_factor");
    parse_roles(arena, rows_text(rows, 0, "roles"), actor);
}

enum err session_find(const struct services *services, struct arena *arena, const char *secret,
                      struct actor *actor) {
    unsigned char hash[TOKEN_HASH_BYTES];
    struct rows *rows = NULL;
    token_hash_bytes(secret, hash);
    TRY(pool_query(services->pool, arena, IDENTITY_SYSTEM, TX_READ, &SQL_SESSION_FIND, &rows,
                   P_BYTES(hash, sizeof hash)));
    if (rows->count == 0) {
        return ERR_UNAUTHENTICATED;
    }
    fill(services, arena, rows, secret, actor);
    return rows_boolean(rows, 0, "is_stale")
               ? pool_query(services->pool, arena, IDENTITY_SYSTEM, TX_WRITE, &SQL_SESSION_TOUCH,
                            NULL, P_TEXT(actor->session_id))
               : ERR_NONE;
}
