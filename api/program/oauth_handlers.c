/* The authorization server for programs: RFC 6749 (client credentials), 7662, 7009, 8414. Failures
 * have the members of RFC 6749 beside those of a problem. */
#include "base/json.h"
#include "core/scope.h"
#include "http/authn.h"
#include "http/problem.h"
#include "http/route.h"
#include "http/uri.h"
#include "program/client.h"
#include "program/client_admin.h"
#include "program/routes.h"
#include "security/base64url.h"
#include "token/token.h"
#include "token/token_acts.h"
#include <string.h>
#include <strings.h>

enum { CREDENTIAL_BYTES_MAX = 1024 };

static enum err kind_of(int status) {
    switch (status) {
    case 401:
        return ERR_BAD_CREDENTIALS;
    case 403:
        return ERR_FORBIDDEN;
    default:
        return ERR_BAD_REQUEST;
    }
}

/* Renders the failure; the handler returns the result. */
static enum err refuse(struct exchange *exchange, int status, const char *error,
                       const char *description) {
    struct arena *arena = exchange->arena;
    struct value *answer = value_object(arena);
    value_set_text(arena, answer, "error", error);
    value_set_text(arena, answer, "error_description", description);
    value_set_text(arena, answer, "type", arena_printf(arena, "/problems/%s", error));
    value_set_text(arena, answer, "title", err_title(kind_of(status)));
    value_set(answer, "status", value_integer(arena, status));
    value_set_text(arena, answer, "detail", description);
    value_set_text(arena, answer, "instance", exchange->request.path);
    value_set_text(arena, answer, "request_id", exchange->request_id);
    response_header(exchange, "Cache-Control", "no-store");
    if (status == 401) {
        response_header(exchange, "WWW-Authenticate", "Basic realm=\"guichet\"");
    }
    return response_value(exchange, status, answer);
}

struct credentials {
    const char *id;
    const char *secret;
};

/* RFC 6749, 2.3.1: both parts are form-encoded inside Basic. */
static const char *decode_part(struct exchange *exchange, const char *part, size_t length) {
    struct pair pairs[EXCHANGE_QUERY_MAX];
    size_t count = 0;
    const char *text = arena_printf(exchange->arena, "v=%.*s", (int)length, part);
    if (uri_split_pairs(exchange->arena, text, strlen(text), pairs, &count) != ERR_NONE ||
        count != 1) {
        return "";
    }
    return pairs[0].value;
}

static bool read_basic(struct exchange *exchange, const char *header, struct credentials *out) {
    unsigned char *bytes = NULL;
    size_t length = 0;
    const char *encoded = header + 6 + strspn(header + 6, " ");
    if (strlen(encoded) > CREDENTIAL_BYTES_MAX ||
        base64_decode(exchange->arena, encoded, strlen(encoded), &bytes, &length) != ERR_NONE) {
        return false;
    }
    const char *colon = memchr(bytes, ':', length);
    if (colon == NULL || strlen((const char *)bytes) != length) {
        return false;
    }
    out->id = decode_part(exchange, (const char *)bytes, (size_t)(colon - (const char *)bytes));
    out->secret = decode_part(exchange, colon + 1, strlen(colon + 1));
    return true;
}

/* Authenticates by HTTP Basic or in the body, not both; true where the program is known. Otherwise the
 * failure is rendered, or in `*err`. */
static bool authenticate(struct exchange *exchange, const char **secret_id, enum err *err) {
    const char *header = request_header(exchange, "Authorization");
    const char *in_body = request_query(exchange, "client_secret");
    struct credentials given = {.id = request_query(exchange, "client_id"), .secret = in_body};
    *err = ERR_NONE;
    if (exchange->actor.kind == ACTOR_CLIENT) {
        return true; /* its access token */
    }
    if (header != NULL && in_body != NULL) {
        *err = refuse(exchange, 400, "invalid_request",
                      "Le programme s’identifie deux fois : par l’en-tête et dans le corps.");
        return false;
    }
    if (header != NULL &&
        (strncasecmp(header, "Basic ", 6) != 0 || !read_basic(exchange, header, &given))) {
        given = (struct credentials){0};
    }
    enum err known = ERR_BAD_CREDENTIALS;
    if (given.id != NULL && given.secret != NULL) {
        known = client_authenticate(exchange->services, exchange->arena, given.id, given.secret,
                                    &exchange->actor, secret_id);
    }
    if (known == ERR_BAD_CREDENTIALS) {
        *err = refuse(exchange, 401, "invalid_client",
                      "L’identifiant ou le secret du programme n’est pas bon.");
    } else {
        *err = known;
    }
    return known == ERR_NONE;
}

/* RFC 6750, 3.1: the program is known, and lacks what this asks for. */
static enum err refuse_scope(struct exchange *exchange) {
    return refuse(exchange, 403, "insufficient_scope", exchange->detail);
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
    if (!authenticate(exchange, &secret_id, &err)) {
        return err;
    }
    if (secret_id == NULL) {
        return refuse(exchange, 401, "invalid_client",
                      "Un jeton d’accès s’obtient par l’identifiant et le secret du programme.");
    }
    if (grant == NULL) {
        return refuse(exchange, 400, "invalid_request", "Le paramètre grant_type manque.");
    }
    if (strcmp(grant, "client_credentials") != 0) {
        return refuse(exchange, 400, "unsupported_grant_type",
                      "Seul client_credentials est proposé.");
    }
    err = client_issue_token(exchange->services, exchange->arena, &exchange->actor, secret_id,
                             request_query(exchange, "scope"), &token, &granted);
    if (err == ERR_INVALID) {
        return refuse(exchange, 400, "invalid_scope",
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

enum err handle_introspect_token(struct exchange *exchange) {
    const char *token = request_query(exchange, "token");
    const char *secret_id = NULL;
    const char *json = NULL;
    enum err err = ERR_NONE;
    if (!authenticate(exchange, &secret_id, &err)) {
        return err;
    }
    if (token == NULL || *token == '\0') {
        return refuse(exchange, 400, "invalid_request", "Le paramètre token manque.");
    }
    const struct actor *actor = &exchange->actor;
    TRY(client_introspect(exchange->services, exchange->arena, actor, token, &json));
    if (json == NULL) {
        const char *asked = actor->client_product != NULL ? "tokens:introspect" : "tokens:read";
        if (authn_check_scope(exchange, asked) != ERR_NONE) {
            return refuse_scope(exchange);
        }
        const struct token_bound bound = {actor->client_product, actor->client_siret};
        TRY(token_introspect(exchange->services, exchange->arena, token, &bound, &json));
    }
    return answer_secret(exchange, json != NULL ? json : "{\"active\":false}");
}

enum err handle_revoke_by_string(struct exchange *exchange) {
    const char *token = request_query(exchange, "token");
    const char *secret_id = NULL;
    enum err err = ERR_NONE;
    if (!authenticate(exchange, &secret_id, &err)) {
        return err;
    }
    if (token == NULL || *token == '\0') {
        return refuse(exchange, 400, "invalid_request", "Le paramètre token manque.");
    }
    bool is_own = false;
    TRY(client_revoke_token(exchange->services, exchange->arena, &exchange->actor, token, &is_own));
    if (is_own) {
        return response_empty(exchange, 200);
    }
    if (authn_check_scope(exchange, exchange->route->client_scope) != ERR_NONE) {
        return refuse_scope(exchange);
    }
    err = token_revoke_string(&exchange->context, token);
    if (err == ERR_FORBIDDEN || err == ERR_CONFLICT) {
        return refuse(exchange, 400, "unauthorized_client",
                      "Le compte de ce programme ne peut pas révoquer ce jeton.");
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
        {"issuer", ""},
        {"token_endpoint", "/v1/oauth/token"},
        {"introspection_endpoint", "/v1/oauth/introspect"},
        {"revocation_endpoint", "/v1/oauth/revoke"},
        {"jwks_uri", "/.well-known/jwks.json"},
        {"service_documentation", "/docs"},
    };
    struct arena *arena = exchange->arena;
    const char *base = exchange->services->config->public_url;
    struct value *answer = value_object(arena);
    for (size_t i = 0; i < sizeof ENDPOINTS / sizeof ENDPOINTS[0]; i++) {
        value_set_text(arena, answer, ENDPOINTS[i][0],
                       arena_printf(arena, "%s%s", base, ENDPOINTS[i][1]));
    }
    set_list(arena, answer, "scopes_supported", SCOPES);
    set_list(arena, answer, "response_types_supported", NONE);
    set_list(arena, answer, "grant_types_supported", GRANTS);
    set_list(arena, answer, "token_endpoint_auth_methods_supported", METHODS);
    set_list(arena, answer, "introspection_endpoint_auth_methods_supported", METHODS);
    set_list(arena, answer, "revocation_endpoint_auth_methods_supported", METHODS);
    return response_value(exchange, 200, answer);
}
