#include "program/client.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "core/role.h"
#include "core/scope.h"
#include "security/random.h"
#include "security/token_hash.h"
#include "sql/program.h"
#include <string.h>

/* The persons of the row, each with their roles: [{account_id, email, roles}]. */
static enum err read_persons(struct arena *arena, const char *json, struct actor *actor) {
    struct value *list = NULL;
    TRY(json_parse(arena, json, strlen(json), &list, NULL));
    const size_t count = value_count(list);
    struct actor_person *persons = ARENA_ARRAY(arena, struct actor_person, count);
    for (size_t i = 0; i < count; i++) {
        const struct value *person = value_item(list, i);
        persons[i] = (struct actor_person){.account_id = value_get_text(person, "account_id"),
                                           .email = value_get_text(person, "email")};
        persons[i].roles =
            role_parse_grants(arena, value_get_text(person, "roles"), &persons[i].roles_count);
    }
    actor->persons = persons;
    actor->persons_count = count;
    return count > 0 ? ERR_NONE : err_internal("a program has no responsible person");
}

/* ERR_PROGRAM_STOPPED where nobody lends the program their rights any more. */
static enum err fill(struct arena *arena, const struct client_row *row, struct actor *actor) {
    if (row->persons.or_null == NULL) {
        log_warning(LOG_PROGRAM_REFUSED, LOG_TEXT("id", row->id),
                    LOG_TEXT("reason", "no_responsible_person"));
        return ERR_PROGRAM_STOPPED;
    }
    TRY(read_persons(arena, row->persons.or_null, actor));
    actor->kind = ACTOR_CLIENT;
    actor->client_id = row->id;
    actor->client_name = row->name;
    actor->scopes = row->scopes;
    actor->client_siret = row->siret.or_null;
    actor->client_product = row->product.or_null;
    actor_take_person(actor, 0);
    return ERR_NONE;
}

enum err client_find_by_token(const struct services *services, struct arena *arena,
                              const char *token, struct actor *actor) {
    struct client_row row;
    bool found = false;
    struct tx reads = tx_once(services->pool, arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_client_find_access_token(&reads, &found, &row,
                                     .token_hash = token_hash_text(arena, token)));
    if (!found) {
        return ERR_UNAUTHENTICATED;
    }
    TRY(fill(arena, &row, actor));
    if (!row.is_stale) {
        return ERR_NONE;
    }
    struct tx writes = tx_once(services->pool, arena, IDENTITY_SYSTEM, TX_WRITE);
    return sql_client_note_use(&writes, .client = row.id);
}

enum err client_authenticate(const struct services *services, struct arena *arena, const char *id,
                             const char *secret, struct actor *actor, const char **secret_id) {
    struct client_row row;
    bool found = false;
    if (!text_is_uuid(id)) {
        return ERR_BAD_CREDENTIALS;
    }
    struct tx once = tx_once(services->pool, arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_client_authenticate(&once, &found, &row, .client = id,
                                .secret_hash = token_hash_text(arena, secret)));
    if (!found) {
        return ERR_BAD_CREDENTIALS;
    }
    *secret_id = row.secret_id;
    return fill(arena, &row, actor);
}

/* The scopes of `requested`, each once; NULL where there is none, or one that is not in `own`. */
static const char *choose_scopes(struct arena *arena, const char *own, const char *requested) {
    struct buf chosen;
    buf_init(&chosen, arena, strlen(own));
    for (const char *at = requested; *at != '\0'; at += strspn(at, " ")) {
        const size_t step = strcspn(at, " ");
        if (step > 0 && !scope_list_has(own, at, step)) {
            return NULL;
        }
        if (step > 0 && !scope_list_has(buf_text(&chosen), at, step)) {
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
    struct tx once = tx_once(services->pool, arena, IDENTITY_SYSTEM, TX_WRITE);
    return sql_client_add_access_token(&once, .token_hash = token_hash_text(arena, *token),
                                       .client = actor->client_id, .secret = secret_id,
                                       .scopes = *granted, .lifetime_s = CLIENT_ACCESS_TOKEN_S);
}

enum err client_introspect(const struct services *services, struct arena *arena,
                           const struct actor *actor, const char *token, const char **json) {
    struct client_access_token row;
    bool found = false;
    struct tx once = tx_once(services->pool, arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_client_introspect_access_token(&once, &found, &row,
                                           .token_hash = token_hash_text(arena, token),
                                           .client = actor->client_id));
    *json = NULL;
    if (!found) {
        return ERR_NONE;
    }
    struct value *answer = value_object(arena);
    value_set(answer, "active", value_boolean(arena, true));
    value_set_text(arena, answer, "token_type", "Bearer");
    value_set_text(arena, answer, "scope", row.scopes);
    value_set_text(arena, answer, "client_id", actor->client_id);
    value_set_text(arena, answer, "iss", services->config->issuer);
    value_set(answer, "iat", value_integer(arena, row.created_at_s));
    value_set(answer, "exp", value_integer(arena, row.expires_at_s));
    *json = json_text(arena, answer);
    return ERR_NONE;
}

enum err client_revoke_token(const struct services *services, struct arena *arena,
                             const struct actor *actor, const char *token, bool *is_own) {
    size_t deleted = 0;
    struct tx once = tx_once(services->pool, arena, IDENTITY_SYSTEM, TX_WRITE);
    TRY(sql_client_delete_access_token(&once, &deleted, .token_hash = token_hash_text(arena, token),
                                       .client = actor->client_id));
    *is_own = deleted > 0;
    return ERR_NONE;
}
