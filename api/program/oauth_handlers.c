/* The authorization server for programs: RFC 6749 (client credentials), 7662, 7009, 8414. Failures
 * have the members of RFC 6749 beside those of a problem. */
#include "base/json.h"
#include "core/scope.h"
#include "http/authn.h"
#include "http/on_behalf.h"
#include "http/route.h"
#include "program/client.h"
#include "program/oauth.h"
#include "program/routes.h"
#include "token/token.h"
#include "token/token_acts.h"
#include <string.h>

/* RFC 6750, 3.1: the program is known, and lacks what this asks for. */
static enum err refuse_scope(struct exchange *exchange) {
    return oauth_refuse(exchange, 403, "insufficient_scope", exchange->detail);
}

static enum err answer_secret(struct exchange *exchange, const char *json) {
    response_header(exchange, "Cache-Control", "no-store");
    return response_json(exchange, 200, json);
}

enum err handle_issue_access_token(struct exchange *exchange) {
    const char *grant = request_query(exchange, "grant_type");
    const char *secret_id = NULL;
    const char *token = NULL;
    const char *granted = NULL;
    enum err err = ERR_NONE;
    if (!oauth_authenticate(exchange, &secret_id, &err)) {
        return err;
    }
    if (secret_id == NULL) {
        return oauth_refuse(
            exchange, 401, "invalid_client",
            "Un jeton d’accès s’obtient par l’identifiant et le secret du programme.");
    }
    if (grant == NULL) {
        return oauth_refuse(exchange, 400, "invalid_request", "Le paramètre grant_type manque.");
    }
    if (strcmp(grant, "client_credentials") != 0) {
        return oauth_refuse(exchange, 400, "unsupported_grant_type",
                            "Seul client_credentials est proposé.");
    }
    err = client_issue_token(exchange->services, exchange->arena, &exchange->actor, secret_id,
                             request_query(exchange, "scope"), &token, &granted);
    if (err == ERR_INVALID) {
        return oauth_refuse(exchange, 400, "invalid_scope",
                            "Un des périmètres demandés n’est pas celui de ce programme.");
    }
    TRY(err);
    struct value *answer = value_object(exchange->arena);
    value_set_text(exchange->arena, answer, "access_token", token);
    value_set_text(exchange->arena, answer, "token_type", "Bearer");
    value_set(answer, "expires_in", value_integer(exchange->arena, CLIENT_ACCESS_TOKEN_S));
    value_set_text(exchange->arena, answer, "scope", granted);
    return answer_secret(exchange, json_text(exchange->arena, answer));
}

/* Resource servers are the product's: a manager answers for them. */
static enum err check_manager(struct exchange *exchange) {
    const char *product = exchange->actor.client_product;
    return product == NULL || actor_has_role(&exchange->actor, ROLE_MANAGER, product)
               ? ERR_NONE
               : ERR_FORBIDDEN;
}

enum err handle_introspect_token(struct exchange *exchange) {
    const char *token = request_query(exchange, "token");
    const char *secret_id = NULL;
    const char *json = NULL;
    enum err err = ERR_NONE;
    if (!oauth_authenticate(exchange, &secret_id, &err)) {
        return err;
    }
    if (token == NULL || *token == '\0') {
        return oauth_refuse(exchange, 400, "invalid_request", "Le paramètre token manque.");
    }
    const struct actor *actor = &exchange->actor;
    TRY(client_introspect(exchange->services, exchange->arena, actor, token, &json));
    if (json == NULL) {
        const char *asked = actor->client_product != NULL ? "tokens:introspect" : "tokens:read";
        if (authn_check_scope(exchange, asked) != ERR_NONE) {
            return refuse_scope(exchange);
        }
        if (on_behalf_run(exchange, check_manager) != ERR_NONE) {
            return oauth_refuse(exchange, 403, "insufficient_scope",
                                "Un responsable du produit doit répondre d’un programme qui "
                                "vérifie des jetons.");
        }
        const struct token_bound bound = {actor->client_product, actor->client_siret};
        TRY(token_introspect(exchange->services, exchange->arena, token, &bound, &json));
    }
    return answer_secret(exchange, json != NULL ? json : "{\"active\":false}");
}

static enum err revoke_string(struct exchange *exchange) {
    return token_revoke_string(&exchange->context, request_query(exchange, "token"));
}

enum err handle_revoke_by_string(struct exchange *exchange) {
    const char *token = request_query(exchange, "token");
    const char *secret_id = NULL;
    enum err err = ERR_NONE;
    if (!oauth_authenticate(exchange, &secret_id, &err)) {
        return err;
    }
    if (token == NULL || *token == '\0') {
        return oauth_refuse(exchange, 400, "invalid_request", "Le paramètre token manque.");
    }
    bool is_own = false;
    TRY(client_revoke_token(exchange->services, exchange->arena, &exchange->actor, token, &is_own));
    if (is_own) {
        return response_empty(exchange, 200);
    }
    if (authn_check_scope(exchange, exchange->route->client_scope) != ERR_NONE) {
        return refuse_scope(exchange);
    }
    err = on_behalf_run(exchange, revoke_string);
    if (err == ERR_FORBIDDEN || err == ERR_CONFLICT) {
        return oauth_refuse(
            exchange, 400, "unauthorized_client",
            "Aucune personne responsable de ce programme ne peut révoquer ce jeton.");
    }
    TRY(err);
    return response_empty(exchange, 200);
}

enum err handle_get_keys(struct exchange *exchange) {
    const char *json = NULL;
    TRY(token_keys_render(&exchange->context, &json));
    response_header(exchange, "Cache-Control", "public, max-age=300");
    return response_json(exchange, 200, json);
}

static void set_list(struct arena *arena, struct value *object, const char *name,
                     const char *const *items) {
    struct value *list = value_array(arena);
    for (; *items != NULL; items++) {
        value_push(list, value_text(arena, *items));
    }
    value_set(object, name, list);
}

enum err handle_get_oauth_metadata(struct exchange *exchange) {
    static const char *const GRANTS[] = {"client_credentials", NULL};
    static const char *const METHODS[] = {"client_secret_basic", "client_secret_post", NULL};
    static const char *const NONE[] = {NULL};
    static const char *const ENDPOINTS[][2] = {
        {"token_endpoint", "/v1/oauth/token"},
        {"introspection_endpoint", "/v1/oauth/introspect"},
        {"revocation_endpoint", "/v1/oauth/revoke"},
        {"jwks_uri", "/.well-known/jwks.json"},
        {"service_documentation", "/docs"},
    };
    struct arena *arena = exchange->arena;
    const char *base = exchange->services->config->public_url;
    const char *const *issuers = token_service_issuers(exchange->services->tokens);
    struct value *answer = value_object(arena);
    value_set_text(arena, answer, "issuer", issuers[0]);
    for (size_t i = 0; i < sizeof ENDPOINTS / sizeof ENDPOINTS[0]; i++) {
        value_set_text(arena, answer, ENDPOINTS[i][0],
                       arena_printf(arena, "%s%s", base, ENDPOINTS[i][1]));
    }
    set_list(arena, answer, "former_issuers", issuers + 1);
    set_list(arena, answer, "scopes_supported", SCOPES);
    set_list(arena, answer, "response_types_supported", NONE);
    set_list(arena, answer, "grant_types_supported", GRANTS);
    set_list(arena, answer, "token_endpoint_auth_methods_supported", METHODS);
    set_list(arena, answer, "introspection_endpoint_auth_methods_supported", METHODS);
    set_list(arena, answer, "revocation_endpoint_auth_methods_supported", METHODS);
    return response_value(exchange, 200, answer);
}
