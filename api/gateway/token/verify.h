#ifndef GUICHET_GATEWAY_TOKEN_VERIFY_H
#define GUICHET_GATEWAY_TOKEN_VERIFY_H
/* Verifies signature and issuer of a token string, and nothing else about it. A signature costs 150 µs or more,
 * so a verified string is cached by its hash for a minute, or until the keys change. Memory is bounded.
 * Thread-safe. */
#include "base/text.h"
#include "security/jwt.h"
#include <stdbool.h>

struct verifier;

struct verified {
    char jti[UUID_TEXT_BYTES];
    char aud[64];           /* "": a former system's string without this claim */
    uint64_t former_system; /* by former_system_key: the system that signed it; 0: this program */
    int64_t string_number;  /* see struct jwt_claims; -1: signed by a former system */
};

/* `issuers`: those that are accepted, NULL ends them. Borrows both. Never NULL. */
struct verifier *verifier_new(struct jwt_keyring *keyring, const char *const *issuers);
void verifier_free(struct verifier *verifier);
/* ERR_UNAUTHENTICATED: signature or issuer is wrong; ERR_UNAVAILABLE: no keys are loaded yet. */
MUST_CHECK enum err verifier_check(struct verifier *verifier, struct arena *arena,
                                   const char *token, struct verified *out);
void verifier_get_counts(struct verifier *verifier, uint64_t *hits, uint64_t *misses);

#endif
