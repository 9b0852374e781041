#ifndef GUICHET_HTTP_SESSION_COOKIE_H
#define GUICHET_HTTP_SESSION_COOKIE_H
/* The cookie with the session's secret: HttpOnly, SameSite=Lax, and under https Secure with the prefix
 * __Host- (RFC 6265bis), so that no other host can set it. */
#include "http/exchange.h"

/* The secret; NULL where the request has none, or two. */
const char *session_cookie_find(const struct exchange *exchange);
/* Sets the cookie for this long. */
void session_cookie_set(struct exchange *exchange, const char *secret, int64_t max_age_s);
void session_cookie_clear(struct exchange *exchange);

#endif
