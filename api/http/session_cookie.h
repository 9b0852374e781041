#ifndef GUICHET_HTTP_SESSION_COOKIE_H
#define GUICHET_HTTP_SESSION_COOKIE_H
/* The cookie with the session's secret. */
#include "http/exchange.h"

/* The secret; NULL where the request has none, or two. */
const char *session_cookie_find(const struct exchange *exchange);
/* Sets the cookie for this long. */
void session_cookie_set(struct exchange *exchange, const char *secret, int64_t max_age_s);
void session_cookie_clear(struct exchange *exchange);
/* The same where the person ends the session: the browser forgets as well what it kept of the pages. */
void session_cookie_end(struct exchange *exchange);

#endif
