#include "http/problem.h"
#include "base/json.h"
#include "http/http_state.h"
#include <inttypes.h>
#include <strings.h>

enum { RETRY_AFTER_UNAVAILABLE_S = 5 };

static void keep_headers(struct response *response) {
    static const char *const KEPT[] = {"Set-Cookie", "Allow", "WWW-Authenticate", "Location"};
    size_t count = 0;
    for (size_t i = 0; i < response->headers_count; i++) {
        for (size_t j = 0; j < sizeof KEPT / sizeof KEPT[0]; j++) {
            if (strcasecmp(response->headers[i].name, KEPT[j]) == 0) {
                response->headers[count++] = response->headers[i];
                break;
            }
        }
    }
    response->headers_count = count;
}

/* The usual detail of a failure, where nothing more specific was said. */
static const char *usual_detail(enum err err) {
    static const char *const DETAILS[] = {
        [ERR_BAD_REQUEST] = "La requête est mal écrite : elle n’a pas été traitée.",
        [ERR_UNAUTHENTICATED] = "Connectez-vous, ou présentez un jeton d’accès valide.",
        [ERR_RECENT_LOGIN_REQUIRED] =
            "Reconnectez-vous : la dernière connexion date de plus de 15 minutes.",
        [ERR_FORBIDDEN] = "Votre rôle ne permet pas cette action.",
        [ERR_CSRF] = "Rechargez la page, puis recommencez.",
        [ERR_NOT_FOUND] = "Cette adresse n’existe pas ou ne vous est pas ouverte.",
        [ERR_METHOD_NOT_ALLOWED] = "L’en-tête Allow donne les méthodes possibles ici.",
        [ERR_STALE] = "Relisez l’objet : il a été modifié depuis votre lecture.",
        [ERR_INVALID] = "Corrigez les champs indiqués, puis recommencez.",
        [ERR_IDEMPOTENCY_MISMATCH] = "Cette clé a déjà servi avec un autre contenu.",
        [ERR_RATE_LIMITED] = "Attendez le délai de l’en-tête Retry-After, puis recommencez.",
        [ERR_INTERNAL] = "L’incident est enregistré sous l’identifiant de cette réponse.",
        [ERR_NOT_IMPLEMENTED] = "Cette méthode HTTP n’est pas connue.",
        [ERR_UNAVAILABLE] = "Recommencez dans quelques instants.",
    };
    const size_t count = sizeof DETAILS / sizeof DETAILS[0];
    return (size_t)err < count && DETAILS[err] != NULL ? DETAILS[err] : err_title(err);
}

static const char *detail_of(const struct exchange *exchange, enum err err) {
    if (exchange->detail != NULL) {
        return exchange->detail;
    }
    return exchange->context.detail != NULL ? exchange->context.detail : usual_detail(err);
}

static void add_retry_after(struct exchange *exchange, enum err err) {
    int64_t seconds =
        exchange->retry_after_s > 0 ? exchange->retry_after_s : exchange->context.retry_after_s;
    if (seconds <= 0 && (err == ERR_UNAVAILABLE || err == ERR_RATE_LIMITED)) {
        seconds = RETRY_AFTER_UNAVAILABLE_S;
    }
    if (seconds > 0) {
        response_header(exchange, "Retry-After",
                        arena_printf(exchange->arena, "%" PRId64, seconds));
    }
}

static void add_members(struct value *problem, const struct value *members) {
    VALUE_EACH (member, members) {
        value_set(problem, member.name, member.value);
    }
}

void problem_render(struct exchange *exchange, enum err err) {
    struct arena *arena = exchange->arena;
    struct response *response = &exchange->response;
    keep_headers(response);
    add_retry_after(exchange, err);
    if (exchange->http->render_error != NULL && exchange->http->render_error(exchange, err)) {
        return;
    }
    struct value *problem = value_object(arena);
    value_set_text(arena, problem, "type", arena_printf(arena, "/problems/%s", err_slug(err)));
    value_set_text(arena, problem, "title", err_title(err));
    value_set(problem, "status", value_integer(arena, err_status(err)));
    value_set_text(arena, problem, "detail", detail_of(exchange, err));
    value_set_text(arena, problem, "instance", exchange->request.path);
    value_set_text(arena, problem, "request_id", exchange->request_id);
    add_members(problem, exchange->context.members);
    if (exchange->errors.count > 0) {
        value_set(problem, "errors", field_errors_value(arena, &exchange->errors));
    }
    (void)response_value(exchange, err_status(err), problem);
    response->content_type = "application/problem+json";
}
