#include "http/session_cookie.h"
#include "http/cookie.h"

enum { SECRET_BYTES_MAX = 512 };

static const char NAME[] = "guichet_session";

const char *session_cookie_find(const struct exchange *exchange) {
    return cookie_find(exchange, NAME, SECRET_BYTES_MAX);
}

void session_cookie_set(struct exchange *exchange, const char *secret, int64_t max_age_s) {
    cookie_set(exchange, NAME, secret, max_age_s);
}

void session_cookie_clear(struct exchange *exchange) {
    cookie_set(exchange, NAME, "", 0);
}

void session_cookie_end(struct exchange *exchange) {
    session_cookie_clear(exchange);
    /* Not the cookies: a device that is known stays known. */
    response_header(exchange, "Clear-Site-Data", "\"cache\", \"storage\"");
}
