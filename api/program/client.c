#include "program/client.h"
#include "base/json.h"
#include "base/text.h"
#include "core/role.h"
#include "security/random.h"
#include "security/token_hash.h"
#include <string.h>

static void fill(struct arena *arena, const struct rows *rows, struct actor *actor) {
    actor->kind = ACTOR_CLIENT;
    actor->client_id = rows_text(rows, 0, "id");
    actor->account_id = rows_text(rows, 0, "account_id");
    actor->email = rows_text(rows, 0, "email");
    actor->scopes = rows_text(rows, 0, "scopes");
    actor->client_siret = rows_text(rows, 0, "siret");
    actor->client_product = rows_text(rows, 0, "product");
    actor->roles = role_parse_grants(arena, rows_text(rows, 0, "roles"), &actor->roles_count);
}

enum err client_find_by_token(const struct services *services, struct arena *arena,
                              const char *token, struct actor *actor) {
    struct rows *rows = NULL;
    TRY(pool_query(services->pool, arena, IDENTITY_SYSTEM, TX_READ, &SQL_CLIENT_FIND_ACCESS_TOKEN,
                   &rows, P_TEXT(token_hash_text(arena, token))));
    if (rows->count == 0) {
        return ERR_UNAUTHENTICATED;
    }
    fill(arena, rows, actor);
    return rows_boolean(rows, 0, "is_stale")
               ? pool_query(services->pool, arena, IDENTITY_SYSTEM, TX_WRITE, &SQL_CLIENT_NOTE_USE,
                            NULL, P_TEXT(actor->client_id))
               : ERR_NONE;
}

enum err client_authenticate(const struct services *services, struct arena *arena, const char *id,
                             const char *secret, struct actor *actor, const char **secret_id) {
    struct rows *rows = NULL;
    if (!text_is_uuid(id)) {
        return ERR_BAD_CREDENTIALS;
    }
    TRY(pool_query(services->pool, arena, IDENTITY_SYSTEM, TX_READ, &SQL_CLIENT_AUTHENTICATE, &rows,
                   P_TEXT(id), P_TEXT(token_hash_text(arena, secret))));
    if (rows->count == 0) {
        return ERR_BAD_CREDENTIALS;
    }
    fill(arena, rows, actor);
    *secret_id = rows_text(rows, 0, "secret_id");
    return ERR_NONE;
}

bool client_scopes_have(const char *scopes, const char *name, size_t length) {
    for (const char *at = scopes; *at != '\0'; at += strspn(at, " ")) {
        const size_t step = strcspn(at, " ");
        if (step == length && strncmp(at, name, length) == 0) {
            return true;
        }
        at += step;
    }
    return false;
}

/* Those asked for, each once; NULL where one is not the program's. */
static const char *choose_scopes(struct arena *arena, const char *own, const char *asked) {
    struct buf chosen;
    buf_init(&chosen, arena, strlen(own));
    for (const char *at = asked; *at != '\0'; at += strspn(at, " ")) {
        const size_t step = strcspn(at, " ");
        if (step > 0 && !client_scopes_have(own, at, step)) {
            return NULL;
        }
        if (step > 0 && !client_scopes_have(buf_text(&chosen), at, step)) {
            buf_puts(&chosen, chosen.length > 0 ? " " : "");
            buf_append(&chosen, at, step);
        }
        at += step;
    }
    return chosen.length > 0 ? buf_text(&chosen) : NULL;
}

enum err client_issue_token(const struct services *services, struct arena *arena,
                            const struct actor *actor, const char *secret_id, const char *scopes,
                            const char **token, const char **granted) {
    *granted = scopes == NULL ? actor->scopes : choose_scopes(arena, actor->scopes, scopes);
    if (*granted == NULL) {
        return ERR_INVALID;
    }
    *token = random_token(arena);
    return pool_query(services->pool, arena, IDENTITY_SYSTEM, TX_WRITE,
                      &SQL_CLIENT_ADD_ACCESS_TOKEN, NULL, P_TEXT(token_hash_text(arena, *token)),
                      P_TEXT(actor->client_id), P_TEXT(secret_id), P_TEXT(*granted),
                      P_INTEGER(CLIENT_ACCESS_TOKEN_S));
}

enum err client_introspect(const struct services *services, struct arena *arena,
                           const struct actor *actor, const char *token, const char **json) {
    struct rows *rows = NULL;
    *json = NULL;
    TRY(pool_query(services->pool, arena, IDENTITY_SYSTEM, TX_READ, &SQL_CLIENT_FIND_ACCESS_TOKEN,
                   &rows, P_TEXT(token_hash_text(arena, token))));
    if (rows->count == 0 || strcmp(rows_text(rows, 0, "id"), actor->client_id) != 0) {
        return ERR_NONE;
    }
    struct value *answer = value_object(arena);
    value_set(arena, answer, "active", value_boolean(arena, true));
    value_set_text(arena, answer, "token_type", "Bearer");
    value_set_text(arena, answer, "scope", rows_text(rows, 0, "scopes"));
    value_set_text(arena, answer, "client_id", actor->client_id);
    value_set_text(arena, answer, "iss", services->config->public_url);
    value_set(arena, answer, "iat", value_integer(arena, rows_integer(rows, 0, "created_at", 0)));
    value_set(arena, answer, "exp", value_integer(arena, rows_integer(rows, 0, "expires_at", 0)));
    *json = json_text(arena, answer);
    return ERR_NONE;
}

enum err client_revoke_token(const struct services *services, struct arena *arena,
                             const struct actor *actor, const char *token) {
    return pool_query(services->pool, arena, IDENTITY_SYSTEM, TX_WRITE,
                      &SQL_CLIENT_DELETE_ACCESS_TOKEN, NULL, P_TEXT(token_hash_text(arena, token)),
                      P_TEXT(actor->client_id));
}
