#include "http/session_cookie.h"
#include <inttypes.h>
#include <string.h>

enum { SECRET_BYTES_MAX = 512 };

static bool is_https(const struct exchange *exchange) {
    return text_starts_with(exchange->services->config->public_url, "https://");
}

static const char *cookie_name(const struct exchange *exchange) {
    return is_https(exchange) ? "__Host-guichet_session" : "guichet_session";
}

const char *session_cookie_find(const struct exchange *exchange) {
    const char *name = cookie_name(exchange);
    const size_t length = strlen(name);
    const char *found = NULL;
    const char *at = request_header(exchange, "Cookie");
    while (at != NULL && *at != '\0') {
        at += strspn(at, " \t;");
        const size_t step = strcspn(at, ";");
        if (step > length && strncmp(at, name, length) == 0 && at[length] == '=') {
            if (found != NULL || step - length - 1 > SECRET_BYTES_MAX) {
                return NULL;
            }
            found = arena_strndup(exchange->arena, at + length + 1, step - length - 1);
        }
        at += step;
    }
    return found;
}

static void write_cookie(struct exchange *exchange, const char *value, int64_t max_age_s) {
    response_header(exchange, "Set-Cookie",
                    arena_printf(exchange->arena,
                                 "%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%" PRId64 "%s",
                                 cookie_name(exchange), value, max_age_s,
                                 is_https(exchange) ? "; Secure" : ""));
}

void session_cookie_set(struct exchange *exchange, const char *secret, int64_t max_age_s) {
    write_cookie(exchange, secret, max_age_s);
}

void session_cookie_clear(struct exchange *exchange) {
    write_cookie(exchange, "", 0);
}
