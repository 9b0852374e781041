#include "http/session_cookie.h"
#include "http/cookie.h"

enum { SECRET_BYTES_MAX = 512 };

static const char *cookie_name(const struct exchange *exchange) {
    return cookie_is_secure(exchange) ? "__Host-guichet_session" : "guichet_session";
}

const char *session_cookie_find(const struct exchange *exchange) {
    return cookie_find(exchange, cookie_name(exchange), SECRET_BYTES_MAX);
}

void session_cookie_set(struct exchange *exchange, const char *secret, int64_t max_age_s) {
    cookie_set(exchange, cookie_name(exchange), secret, "/", max_age_s);
}

void session_cookie_clear(struct exchange *exchange) {
    cookie_set(exchange, cookie_name(exchange), "", "/", 0);
}
