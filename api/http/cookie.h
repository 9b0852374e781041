#ifndef GUICHET_HTTP_COOKIE_H
#define GUICHET_HTTP_COOKIE_H
/* Cookies (RFC 6265bis): always HttpOnly, SameSite=Lax and for the whole site; where the public address is https,
 * Secure and with the prefix __Host-, so that no other host can set them. */
#include "http/exchange.h"

/* The value, in the arena; `name` without the prefix; NULL where the request has none of this name, two, or one
 * longer than `bytes_max`. */
const char *cookie_find(const struct exchange *exchange, const char *name, size_t bytes_max);
/* Sets a cookie; a `max_age_s` of 0 deletes it. */
void cookie_set(struct exchange *exchange, const char *name, const char *value, int64_t max_age_s);

#endif
