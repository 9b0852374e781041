#ifndef GUICHET_HTTP_CALLER_H
#define GUICHET_HTTP_CALLER_H
/* The address that a request comes from. X-Forwarded-For is believed only from a proxy of
 * GUICHET_TRUSTED_PROXIES, and only what such proxies appended: anybody else can write anything there. Empty elements count for nothing
 * (RFC 9110, 5.6.1). No other
 * header says where a request comes from (Forwarded, X-Real-IP, X-Forwarded-Host and -Proto are not read). */
#include "http/exchange.h"

enum { CALLER_HOPS_MAX = 32 };

/* Fills request.address and request.hop from `peer`, the address of the socket's other end, and the headers. An element
 * that cannot be read ("unknown", "_hidden"), or more than CALLER_HOPS_MAX, leaves the address unknown (NULL): where an
 * address has to decide, nobody is let in by that of a proxy. Logged once a minute. */
void caller_resolve(struct exchange *exchange, const char *peer);

#endif
