/* Log-in through the identity provider. Both operations always answer with a redirection, failures too: they are
 * opened by the browser of a person, not called by a program. */
#include "account/federated_login.h"
#include "account/login_cookies.h"
#include "account/routes.h"
#include "base/log.h"
#include "http/cookie.h"
#include <string.h>

static const char STATE_COOKIE[] = "guichet_login";
enum { NEXT_CHARACTERS_MAX = 1024 };

static enum err redirect(struct exchange *exchange, const char *address) {
    response_header(exchange, "Location", address);
    return response_empty(exchange, 302);
}

static enum err explain(struct exchange *exchange, const char *reason, enum err err) {
    log_warning(LOG_OIDC_FAILED, LOG_TEXT("reason", reason), LOG_TEXT("error", err_slug(err)),
                LOG_TEXT("request_id", exchange->request_id));
    cookie_set(exchange, STATE_COOKIE, "", 0);
    return redirect(exchange, arena_printf(exchange->arena, "/connexion?erreur=%s", reason));
}

static const char *reason_of(enum err err) {
    if (err == ERR_UNAVAILABLE || err == ERR_TIMEOUT || err == ERR_UPSTREAM) {
        return "fournisseur-indisponible";
    }
    if (err == ERR_RECENT_LOGIN_REQUIRED) {
        return "identite-non-redemandee";
    }
    if (err == ERR_ACCOUNT_SUSPENDED) {
        return "compte-suspendu";
    }
    return err == ERR_FORBIDDEN ? "adresse-non-verifiee" : "connexion-refusee";
}

static bool is_printable_ascii(const char *text) {
    for (const char *c = text; *c != '\0'; c++) {
        if (*c < '!' || *c > '~') {
            return false;
        }
    }
    return true;
}

/* A path of this site. None of its segments but the last is empty: a browser resolves "/.//host" as it does "//host",
 * to another site. */
static bool is_own_path(const char *text) {
    const char *empty = strstr(text, "//");
    return *text == '/' && (empty == NULL || empty >= text + strcspn(text, "?#"));
}

/* Reads the path to go to afterwards. It is one of this site, so that nobody is sent to another. */
static void read_next(struct exchange *exchange, const char **next) {
    const char *asked = request_query(exchange, "next");
    *next = asked == NULL ? "/" : asked;
    const bool fits = is_own_path(*next) && strchr(*next, '\\') == NULL &&
                      is_printable_ascii(*next) && strlen(*next) <= NEXT_CHARACTERS_MAX;
    if (!fits) {
        exchange_error(exchange, "next", "invalid_format",
                       "Donnez un chemin de ce site, qui commence par une seule barre oblique.");
    }
}

/* Reads `prompt` of OpenID Connect; "login" is the only value that is supported. */
static void read_prompt(struct exchange *exchange, bool *again) {
    const char *prompt = request_query(exchange, "prompt");
    *again = prompt != NULL && strcmp(prompt, "login") == 0;
    if (prompt != NULL && !*again) {
        exchange_error(exchange, "prompt", "unknown_value",
                       "La seule valeur possible est « login ».");
    }
}

enum err handle_start_oidc_login(struct exchange *exchange) {
    struct federated_start start;
    const char *next = NULL;
    bool again = false;
    read_next(exchange, &next);
    read_prompt(exchange, &again);
    TRY(field_errors_verdict(&exchange->errors));
    const enum err started = federated_login_start(&exchange->context, next, again, &start);
    if (started != ERR_NONE) {
        return explain(exchange, reason_of(started), started);
    }
    cookie_set(exchange, STATE_COOKIE, start.state, FEDERATED_LOGIN_LIVES_S);
    return redirect(exchange, start.url);
}

enum err handle_finish_oidc_login(struct exchange *exchange) {
    const struct federated_answer answer = {.state = request_query(exchange, "state"),
                                            .code = request_query(exchange, "code"),
                                            .error = request_query(exchange, "error")};
    const struct login_browser browser = login_cookies_read(exchange);
    struct federated_session session;
    const enum err finished = federated_login_finish(
        &exchange->context, cookie_find(exchange, STATE_COOKIE, FEDERATED_LOGIN_STATE_BYTES_MAX),
        &answer, &browser, &session);
    if (finished != ERR_NONE) {
        return explain(exchange, reason_of(finished), finished);
    }
    cookie_set(exchange, STATE_COOKIE, "", 0); /* it served its turn */
    login_cookies_set(exchange, &session.cookies);
    return redirect(exchange, session.next);
}
