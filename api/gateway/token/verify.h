#ifndef GUICHET_GATEWAY_TOKEN_VERIFY_H
#define GUICHET_GATEWAY_TOKEN_VERIFY_H
/* Is this string one of ours? A signature costs 150 µs or more, so strings that were good are
 * remembered for up to a minute under their SHA-256, or until the keys change; nothing else about them
 * is decided here. The memory is bounded. Thread-safe. */
#include "base/text.h"
#include "security/jwt.h"
#include <stdbool.h>

struct verifier;

struct verified {
    char jti[UUID_TEXT_BYTES];
    char aud[64];
    int64_t iat_s;
};

/* Borrows both. */
struct verifier *verifier_new(struct jwt_keyring *keyring, const char *issuer);
void verifier_free(struct verifier *verifier);
/* ERR_UNAUTHENTICATED where it is none of ours; ERR_UNAVAILABLE before the keys could be loaded. */
MUST_CHECK enum err verifier_check(struct verifier *verifier, struct arena *arena,
                                   const char *token, struct verified *out);
void verifier_get_counts(struct verifier *verifier, uint64_t *hits, uint64_t *misses);

#endif
