#ifndef GUICHET_OUTBOUND_EGRESS_H
#define GUICHET_OUTBOUND_EGRESS_H
/* By which way calls leave the network: through the HTTP proxy of GUICHET_PROXY (RFC 9110, 9.3.6: CONNECT, for
 * http and https alike), but for the hosts of GUICHET_NO_PROXY. Providers and their token endpoints,
 * webhooks, the directory and the identity provider go that way; mail, the virus scanner and PostgreSQL speak
 * other protocols and do not. Thread-safe. */
#include "base/config.h"

/* Mistakes in GUICHET_PROXY, GUICHET_NO_PROXY, the addresses of services and the files of certificates; ERR_INVALID then. */
MUST_CHECK enum err egress_check(const struct config *config, struct field_errors *errors);
/* The proxy's address for libcurl, or NULL where `host` (of a URL, without brackets) is called directly.
 * Borrowed from `config`, which may be NULL: all directly. */
const char *egress_proxy_for(const struct config *config, const char *host);

#endif
