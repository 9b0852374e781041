#ifndef GUICHET_HTTP_CALLER_H
#define GUICHET_HTTP_CALLER_H
/* Where a request comes from. X-Forwarded-For and X-Forwarded-Proto are believed only from a proxy
 * of GUICHET_TRUSTED_PROXIES: anybody else may write what he likes there. */
#include "http/exchange.h"

/* Fills request.address and request.is_secure from the peer and the headers. */
void caller_resolve(struct exchange *exchange, const char *peer);

#endif
