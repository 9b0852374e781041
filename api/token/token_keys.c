#include "base/clock.h"
#include "base/json.h"
#include "core/act.h"
#include "sql/token.h"
#include "token/token.h"
#include "token/token_former.h"
#include "token/token_notice.h"
#include "token/token_service.h"
#include <stdlib.h>
#include <string.h>

/* The settings were checked. */
static void read_issuers(struct token_service *service, const struct config *config) {
    size_t count = 0;
    char *rest = NULL;
    service->text = strdup(config->former_issuers);
    if (service->text == NULL) {
        abort(); /* at start, before anything is promised */
    }
    service->issuers[count++] = config->issuer;
    for (char *one = strtok_r(service->text, ",", &rest);
         one != NULL && count <= CONFIG_FORMER_ISSUERS_MAX; one = strtok_r(NULL, ",", &rest)) {
        service->issuers[count++] = one;
    }
}

struct token_service *token_service_new(const struct config *config,
                                        const struct seal_key *master_key) {
    struct token_service *service = calloc(1, sizeof *service);
    if (service == NULL) {
        abort(); /* at start, before anything is promised */
    }
    service->seal_key = master_key;
    read_issuers(service, config);
    service->keyring = jwt_keyring_new();
    return service;
}

void token_service_free(struct token_service *service) {
    if (service != NULL) {
        jwt_keyring_free(service->keyring);
        free(service->text);
        free(service);
    }
}

const char *const *token_service_issuers(const struct token_service *service) {
    return service->issuers;
}

struct jwt_keyring *token_service_keyring(struct token_service *service) {
    return service->keyring;
}

static const char *seal_context(struct arena *arena, const char *kid) {
    return arena_printf(arena, "signing_key/%s", kid);
}

static enum err key_create(struct tx *tx, const struct services *services, const char *state) {
    struct signing_key key;
    TRY(signing_key_generate(tx->arena, &key));
    const char *sealed =
        seal_close(tx->arena, services->tokens->seal_key, seal_context(tx->arena, key.kid),
                   key.private_pem, strlen(key.private_pem));
    TRY(sql_signing_key_insert(tx, .kid = key.kid, .state = state,
                               .public_jwk = json_text(tx->arena, key.public_jwk),
                               .public_pem = key.public_pem, .sealed_private_pem = sealed));
    return sql_signing_key_notify(tx);
}

/* The first keys of a new database: one transaction makes them, the others wait and find them. */
static enum err keys_create_first(struct tx *tx, const struct services *services) {
    struct signing_key_row *rows = NULL;
    size_t count = 0;
    TRY(sql_signing_key_lock(tx));
    TRY(sql_signing_key_list_living(tx, &rows, &count));
    if (count > 0) {
        return ERR_NONE;
    }
    TRY(key_create(tx, services, "current"));
    return key_create(tx, services, "next");
}

static enum err keys_list(const struct services *services, struct arena *arena,
                          struct signing_key_row **rows, size_t *count) {
    struct tx once = tx_once(services->pool, arena, IDENTITY_SYSTEM, TX_READ);
    return sql_signing_key_list_living(&once, rows, count);
}

enum err token_keys_load(const struct services *services) {
    ARENA_AUTO(arena);
    struct signing_key_row *rows = NULL;
    size_t count = 0;
    TRY(keys_list(services, &arena, &rows, &count));
    if (count == 0) {
        TX_AUTO(tx);
        TRY(tx_begin(services->pool, &arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
        TRY(keys_create_first(&tx, services));
        TRY(tx_commit(&tx));
        TRY(keys_list(services, &arena, &rows, &count));
    }
    struct jwt_keyset *keyset = jwt_keyset_new();
    for (size_t i = 0; i < count; i++) {
        const enum err err = jwt_keyset_add(keyset, rows[i].kid, rows[i].public_pem);
        if (err != ERR_NONE) {
            jwt_keyset_release(keyset);
            return err_internal("a signing key does not parse");
        }
    }
    const enum err err = token_former_load(services, &arena, keyset);
    if (err != ERR_NONE) {
        jwt_keyset_release(keyset);
        return err;
    }
    jwt_keyring_replace(services->tokens->keyring, keyset);
    return ERR_NONE;
}

/* In the transaction: next → current → previous, and a new next one. */
static enum err rotate_in(struct tx *tx, const struct services *services) {
    TRY(sql_signing_key_lock(tx));
    TRY(sql_signing_key_demote_current(tx));
    TRY(sql_signing_key_promote_next(tx));
    TRY(sql_signing_key_retire_unused(tx));
    return key_create(tx, services, "next");
}

static struct audit_event audit_of(const char *action, const char *kid) {
    return (struct audit_event){.action = action, .subject_type = "signing_key", .subject_id = kid};
}

enum err token_keys_rotate(struct context *context) {
    struct signing_key_row *rows = NULL;
    size_t count = 0;
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(rotate_in(&act.tx, context->services));
    TRY(sql_signing_key_list_living(&act.tx, &rows, &count));
    if (count > JWT_KEYS_MAX) {
        return context_fail(context, ERR_CONFLICT,
                            "Trop de clés signent encore des jetons valables : attendez leur "
                            "expiration avant une nouvelle rotation.");
    }
    return act_commit(&act, &(struct act_outcome){.audit = audit_of("signing_key.rotate", "all")});
}

/* Once this is committed, no token signed by the key is valid. */
static enum err retire_leaked(struct context *context, const char *kid) {
    const struct services *services = context->services;
    struct signing_key_row *rows = NULL;
    size_t count = 0;
    size_t retired = 0;
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(sql_signing_key_lock(&act.tx));
    TRY(sql_signing_key_list_living(&act.tx, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        const bool leaked = strcmp(rows[i].kid, kid) == 0;
        if (leaked && strcmp(rows[i].state, "current") == 0) {
            TRY(rotate_in(&act.tx, services));
        } else if (leaked && strcmp(rows[i].state, "next") == 0) {
            TRY(sql_signing_key_retire(&act.tx, &retired, .kid = kid));
            TRY(key_create(&act.tx, services, "next"));
        }
    }
    TRY(sql_signing_key_retire(&act.tx, &retired, .kid = kid));
    if (retired == 0) {
        return ERR_NOT_FOUND;
    }
    TRY(sql_signing_key_notify(&act.tx));
    TRY(sql_token_forget_former_of_key(&act.tx, .kid = kid));
    return act_commit(&act, &(struct act_outcome){.audit = audit_of("signing_key.revoke", kid)});
}

/* One token in a transaction of its own: what was done stays where the command is cut. */
static enum err renew_one(struct context *context, const char *kid, bool *found) {
    ARENA_AUTO(arena);
    struct token_signable token;
    struct token_string next;
    const char *former_good_until = NULL;
    struct context one = *context;
    one.arena = &arena;
    ACT_AUTO(act);
    TRY(act_begin_as(&act, &one, IDENTITY_SYSTEM));
    TRY(sql_token_claim_signed_by(&act.tx, found, &token, .kid = kid));
    if (!*found) {
        return ERR_NONE;
    }
    TRY(token_string_sign_next(&act.tx, context->services, &token, &next));
    TRY(sql_token_rotate(&act.tx, &former_good_until, .token = token.id, .kid = next.kid,
                         .number = next.number, .sealed_jwt = next.sealed, .overlap_days = 0,
                         .ends_former = false));
    if (strcmp(token.state, "active") == 0) {
        TRY(token_tell_replacement(&act, token.id, token.request_id));
    }
    return act_commit(&act, &(struct act_outcome){0});
}

enum err token_keys_revoke(struct context *context, const char *kid, int64_t *renewed) {
    bool found = true;
    *renewed = 0;
    TRY(retire_leaked(context, kid));
    while (found) {
        TRY(renew_one(context, kid, &found));
        *renewed += found ? 1 : 0;
    }
    return ERR_NONE;
}

enum err token_keys_render(struct context *context, const char **json) {
    struct signing_key_row *rows = NULL;
    size_t count = 0;
    TRY(keys_list(context->services, context->arena, &rows, &count));
    struct buf out;
    buf_init(&out, context->arena, (size_t)64 * 1024);
    buf_puts(&out, "{\"keys\":[");
    for (size_t i = 0; i < count; i++) {
        buf_puts(&out, i > 0 ? "," : "");
        buf_puts(&out, rows[i].public_jwk);
    }
    buf_puts(&out, "]}");
    *json = buf_text(&out);
    return out.overflowed ? err_internal("the JWKS is too large") : ERR_NONE;
}

enum err token_string_sign(struct tx *tx, const struct services *services,
                           struct token_string *string) {
    struct arena *arena = tx->arena;
    struct signing_key_current current;
    bool found = false;
    TRY(sql_signing_key_find_current(tx, &found, &current));
    if (!found) {
        TRY(keys_create_first(tx, services));
        TRY(sql_signing_key_find_current(tx, &found, &current));
        if (!found) {
            return err_internal("there is no current signing key");
        }
    }
    unsigned char *pem = NULL;
    size_t length = 0;
    TRY(seal_open(arena, services->tokens->seal_key, seal_context(arena, current.kid),
                  current.sealed_private_pem, &pem, &length));
    struct signing_key key;
    TRY(signing_key_load(arena, (const char *)pem, &key));

    /* Never ahead of the clock: libraries refuse a string from the future. */
    const int64_t now_s = clock_now_ms() / 1000;
    const int64_t issued_at_s = string->number < now_s ? string->number : now_s;
    struct value *claims = value_object(arena);
    value_set_text(arena, claims, "iss", services->tokens->issuers[0]);
    value_set_text(arena, claims, "aud", string->product);
    value_set_text(arena, claims, "sub", string->subject_id);
    value_set_text(arena, claims, "jti", string->id);
    value_set(claims, "iat", value_integer(arena, issued_at_s));
    value_set(claims, "nbf", value_integer(arena, issued_at_s));
    if (issued_at_s != string->number) {
        value_set(claims, "gen", value_integer(arena, string->number));
    }
    value_set(claims, "exp", value_integer(arena, string->expires_at_s));
    value_set(claims, "scopes", value_copy(arena, string->scopes));
    value_set_text(arena, claims, "siret", string->siret);
    value_set_text(arena, claims, "version", "1.0");
    const char *jwt = NULL;
    TRY(jwt_sign(arena, &key, claims, &jwt));
    string->kid = current.kid;
    string->sealed = seal_close(arena, services->tokens->seal_key,
                                arena_printf(arena, "token/%s", string->id), jwt, strlen(jwt));
    return ERR_NONE;
}

enum err token_string_open(struct arena *arena, const struct services *services, const char *id,
                           const char *sealed, const char **jwt) {
    unsigned char *text = NULL;
    size_t length = 0;
    TRY(seal_open(arena, services->tokens->seal_key, arena_printf(arena, "token/%s", id), sealed,
                  &text, &length));
    *jwt = (const char *)text;
    return ERR_NONE;
}

enum err token_string_sign_next(struct tx *tx, const struct services *services,
                                const struct token_signable *token, struct token_string *next) {
    struct value *scopes = NULL;
    TRY(json_parse(tx->arena, token->scopes, strlen(token->scopes), &scopes, NULL));
    *next = (struct token_string){.id = token->id,
                                  .subject_id = token->subject_id,
                                  .product = token->product,
                                  .siret = token->siret,
                                  .scopes = scopes,
                                  .number = token->next_number,
                                  .expires_at_s = token->expires_at_s};
    return token_string_sign(tx, services, next);
}
