#include "http/cookie.h"
#include <inttypes.h>
#include <string.h>

static bool is_secure(const struct exchange *exchange) {
    return text_starts_with(exchange->services->config->public_url, "https://");
}

static const char *full_name(const struct exchange *exchange, const char *name) {
    return is_secure(exchange) ? arena_printf(exchange->arena, "__Host-%s", name) : name;
}

const char *cookie_find(const struct exchange *exchange, const char *short_name, size_t bytes_max) {
    const char *name = full_name(exchange, short_name);
    const size_t length = strlen(name);
    const char *found = NULL;
    const char *at = request_header(exchange, "Cookie");
    while (at != NULL && *at != '\0') {
        at += strspn(at, " \t;");
        const size_t step = strcspn(at, ";");
        if (step > length && strncmp(at, name, length) == 0 && at[length] == '=') {
            if (found != NULL || step - length - 1 > bytes_max) {
                return NULL;
            }
            found = arena_strndup(exchange->arena, at + length + 1, step - length - 1);
        }
        at += step;
    }
    return found;
}

void cookie_set(struct exchange *exchange, const char *name, const char *value, int64_t max_age_s) {
    response_header(exchange, "Set-Cookie",
                    arena_printf(exchange->arena,
                                 "%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%" PRId64 "%s",
                                 full_name(exchange, name), value, max_age_s,
                                 is_secure(exchange) ? "; Secure" : ""));
}
