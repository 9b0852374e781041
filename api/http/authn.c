#include "http/authn.h"
#include "core/scope.h"
#include "http/http_state.h"
#include "http/session_cookie.h"
#include "security/csrf.h"
#include <string.h>
#include <strings.h>

enum { CREDENTIAL_BYTES_MAX = 4096 };

/* The credential behind a scheme of Authorization (RFC 9110, 11.6.2); NULL for another scheme. */
static const char *credential_of(const char *header, const char *scheme) {
    const size_t length = strlen(scheme);
    if (header == NULL || strncasecmp(header, scheme, length) != 0 || header[length] != ' ') {
        return NULL;
    }
    return header + length + strspn(header + length, " ");
}

static enum err refuse_bearer(struct exchange *exchange) {
    response_header(exchange, "WWW-Authenticate",
                    "Bearer realm=\"guichet\", error=\"invalid_token\"");
    exchange->detail = "Ce jeton d’accès n’est pas valide ou a expiré.";
    return ERR_UNAUTHENTICATED;
}

static enum err refuse_stopped(struct exchange *exchange) {
    response_header(exchange, "WWW-Authenticate",
                    "Bearer realm=\"guichet\", error=\"invalid_token\", "
                    "error_description=\"no responsible person of this program may act\"");
    return ERR_PROGRAM_STOPPED;
}

static enum err identify_program(struct exchange *exchange, const char *token) {
    if (exchange->http->find_client == NULL || strlen(token) > CREDENTIAL_BYTES_MAX) {
        return refuse_bearer(exchange);
    }
    const enum err err =
        exchange->http->find_client(exchange->services, exchange->arena, token, &exchange->actor);
    if (err == ERR_PROGRAM_STOPPED) {
        return refuse_stopped(exchange);
    }
    return err == ERR_UNAUTHENTICATED ? refuse_bearer(exchange) : err;
}

static bool is_session_route(const struct route *route) {
    return text_starts_with(route->path, "/v1/session");
}

/* Until the second factor is given, a person is nobody to routes that are open to all. The session stays known, so
 * that another log-in ends it. */
static void be_nobody(struct actor *actor) {
    *actor = (struct actor){.kind = ACTOR_ANONYMOUS,
                            .session_id = actor->session_id,
                            .address = actor->address,
                            .hop = actor->hop,
                            .request_id = actor->request_id};
}

static enum err identify_session(struct exchange *exchange, const struct route *route) {
    const char *secret = session_cookie_find(exchange);
    if (secret == NULL || exchange->http->find_session == NULL) {
        return ERR_NONE;
    }
    const enum err err =
        exchange->http->find_session(exchange->services, exchange->arena, secret, &exchange->actor);
    if (err == ERR_UNAUTHENTICATED) {
        session_cookie_clear(exchange);
        if (route->access == ACCESS_PUBLIC) {
            return ERR_NONE;
        }
        exchange->detail = "Votre session a pris fin : reconnectez-vous.";
    }
    if (exchange->actor.second_factor_pending && route->access == ACCESS_PUBLIC &&
        !is_session_route(route)) {
        be_nobody(&exchange->actor);
    }
    return err;
}

enum err authn_identify(struct exchange *exchange, const struct route *route) {
    const char *header = request_header(exchange, "Authorization");
    const char *token = credential_of(header, "Bearer");
    if (route->access == ACCESS_GATEWAY || (route->access == ACCESS_CLIENT && token == NULL)) {
        return ERR_NONE;
    }
    /* Screens, probes and metrics are the same for everybody, and stay available while sessions cannot
     * be read. */
    if (route->access == ACCESS_PUBLIC && route->rate == RATE_NONE) {
        return ERR_NONE;
    }
    if (token != NULL) {
        return identify_program(exchange, token);
    }
    if (header != NULL) {
        return refuse_bearer(exchange);
    }
    return identify_session(exchange, route);
}

enum err authn_check_scope(struct exchange *exchange, const char *asked) {
    if (asked == NULL) {
        exchange->detail = "Cette action n’est pas ouverte aux programmes.";
        return ERR_FORBIDDEN;
    }
    if (scope_list_meets(exchange->actor.scopes, asked)) {
        return ERR_NONE;
    }
    response_header(
        exchange, "WWW-Authenticate",
        arena_printf(exchange->arena,
                     "Bearer realm=\"guichet\", error=\"insufficient_scope\", scope=\"%s\"",
                     asked));
    exchange->detail = arena_printf(exchange->arena, "Le périmètre « %s » manque au jeton.", asked);
    return ERR_FORBIDDEN;
}

bool authn_has_role(const struct actor *actor, const struct route *route) {
    switch (route->access) {
    case ACCESS_STAFF:
        return actor_is_staff(actor);
    case ACCESS_SUPPORT:
        return actor_has_role(actor, ROLE_SUPPORT, NULL);
    case ACCESS_ADMIN:
        for (size_t i = 0; i < actor->roles_count; i++) {
            if (actor->roles[i].role == ROLE_MANAGER || actor->roles[i].role == ROLE_ADMIN) {
                return true;
            }
        }
        return false;
    case ACCESS_UNSET:
    case ACCESS_PUBLIC:
    case ACCESS_SESSION:
    case ACCESS_SESSION_RECENT:
    case ACCESS_CLIENT:
    case ACCESS_PROGRAM:
    case ACCESS_GATEWAY:
        break;
    }
    return true;
}

/* The same of one of the persons whose rights a program uses. */
static bool has_role_for(const struct actor *actor, const struct route *route) {
    struct actor one = *actor;
    bool has_role = actor->kind != ACTOR_CLIENT && authn_has_role(actor, route);
    for (size_t i = 0; i < actor->persons_count && !has_role; i++) {
        actor_take_person(&one, i);
        has_role = authn_has_role(&one, route);
    }
    return has_role;
}

/* Until the second factor is given, a session may only give it or end. Where the roles need a second
 * factor and none is enrolled, the staff's routes are closed. */
static enum err check_second_factor(const struct actor *actor, const struct route *route) {
    const bool staff_route = route->access == ACCESS_STAFF || route->access == ACCESS_SUPPORT ||
                             route->access == ACCESS_ADMIN;
    return (actor->second_factor_pending && !is_session_route(route)) ||
                   (actor->second_factor_missing && staff_route)
               ? ERR_SECOND_FACTOR_REQUIRED
               : ERR_NONE;
}

enum err authn_check_access(struct exchange *exchange, const struct route *route) {
    const struct actor *actor = &exchange->actor;
    if (route->access == ACCESS_PUBLIC || route->access == ACCESS_CLIENT ||
        route->access == ACCESS_GATEWAY) {
        return ERR_NONE;
    }
    if (route->access == ACCESS_PROGRAM && actor->kind != ACTOR_CLIENT) {
        exchange->detail = "Présentez le jeton d’accès d’un programme.";
        return ERR_UNAUTHENTICATED;
    }
    if (actor->kind == ACTOR_ANONYMOUS) {
        return ERR_UNAUTHENTICATED;
    }
    if (actor->kind == ACTOR_CLIENT) {
        TRY(authn_check_scope(exchange, route->client_scope));
    }
    TRY(check_second_factor(actor, route));
    if (!has_role_for(actor, route)) {
        return ERR_FORBIDDEN;
    }
    if (actor->kind == ACTOR_ACCOUNT && route->access == ACCESS_SESSION_RECENT &&
        !actor_is_recent(actor)) {
        return ERR_RECENT_LOGIN_REQUIRED;
    }
    return ERR_NONE;
}

/* True where Origin is the public address, or the host that this request names. */
static bool origin_is_ours(const struct exchange *exchange, const char *origin) {
    const char *host = request_header(exchange, "Host");
    const char *authority = strstr(origin, "://");
    return strcmp(origin, exchange->services->config->public_url) == 0 ||
           (host != NULL && authority != NULL && strcmp(authority + 3, host) == 0);
}

static bool came_from_elsewhere(const struct exchange *exchange) {
    const char *site = request_header(exchange, "Sec-Fetch-Site");
    const char *origin = request_header(exchange, "Origin");
    if (site != NULL) {
        return strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0;
    }
    return origin != NULL && !origin_is_ours(exchange, origin);
}

enum err authn_check_intent(struct exchange *exchange, const struct route *route) {
    if (route->method == METHOD_GET || exchange->actor.kind == ACTOR_CLIENT ||
        route->access == ACCESS_CLIENT || route->access == ACCESS_GATEWAY) {
        return ERR_NONE;
    }
    if (came_from_elsewhere(exchange)) {
        exchange->detail = "Cette requête vient d’un autre site.";
        return ERR_CSRF;
    }
    if (route->access == ACCESS_PUBLIC || exchange->actor.kind != ACTOR_ACCOUNT) {
        return ERR_NONE; /* it takes nothing from the session */
    }
    const char *sent = request_header(exchange, "X-CSRF-Token");
    return csrf_matches(exchange->actor.csrf_token, sent) ? ERR_NONE : ERR_CSRF;
}
