#ifndef GUICHET_OUTBOUND_CERTIFICATE_H
#define GUICHET_OUTBOUND_CERTIFICATE_H
/* The certificate that a public https address shows. Thread-safe. */
#include "base/config.h"
#include <stdint.h>

/* GET of an https URL, its chain and its name verified, by the way out (egress.h) and the authorities of
 * GUICHET_CA_FILE. `*expires_at_s`: seconds since 1970, of the certificate that ends first; -1: not told. `*status`:
 * of the answer. ERR_UPSTREAM: TLS failed; ERR_UNAVAILABLE: nobody answers. `*reason` then says why, in the arena. At
 * most 8 s. */
MUST_CHECK enum err certificate_try(struct arena *arena, const struct config *config,
                                    const char *url, int64_t *expires_at_s, int *status,
                                    const char **reason);

#endif
