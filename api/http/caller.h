#ifndef GUICHET_HTTP_CALLER_H
#define GUICHET_HTTP_CALLER_H
/* The address that a request comes from. X-Forwarded-For and X-Forwarded-Proto are believed only from
 * a proxy of GUICHET_TRUSTED_PROXIES: anybody else can write anything there. */
#include "http/exchange.h"

/* Fills request.address and request.is_secure from `peer`, the address of the socket's other end, and
 * the headers. Never fails: a header that cannot be read counts as absent. */
void caller_resolve(struct exchange *exchange, const char *peer);

#endif
