#ifndef GUICHET_HTTP_COOKIE_H
#define GUICHET_HTTP_COOKIE_H
/* Cookies (RFC 6265bis): always HttpOnly and SameSite=Lax; Secure where the public address is https. */
#include "http/exchange.h"

/* True where the public address is https. */
bool cookie_is_secure(const struct exchange *exchange);
/* The value, in the arena; NULL where the request has none of this name, two, or one longer than
 * `bytes_max`. */
const char *cookie_find(const struct exchange *exchange, const char *name, size_t bytes_max);
/* Sets a cookie; a `max_age_s` of 0 deletes it. An answer carries one cookie. */
void cookie_set(struct exchange *exchange, const char *name, const char *value, const char *path,
                int64_t max_age_s);

#endif
