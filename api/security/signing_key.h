#ifndef GUICHET_SECURITY_SIGNING_KEY_H
#define GUICHET_SECURITY_SIGNING_KEY_H
/* The ES256 keys that sign our tokens. The private part leaves the process only sealed (seal.h).
 * Thread-safe. */
#include "base/arena.h"
#include "base/err.h"
#include "base/value.h"
#include <stddef.h>

enum { SIGNING_KEY_SIGNATURE_BYTES = 64 };

struct signing_key {
    const char *kid;         /* thumbprint of the public part (RFC 7638) */
    const char *private_pem; /* secret */
    const char *public_pem;
    const struct value *public_jwk; /* a member of the JWKS */
};

/* A new P-256 key; its texts are in the arena. */
MUST_CHECK enum err signing_key_generate(struct arena *arena, struct signing_key *out);
/* The same from the private PEM; ERR_INVALID where it is no P-256 key. */
MUST_CHECK enum err signing_key_load(struct arena *arena, const char *private_pem,
                                     struct signing_key *out);
/* ECDSA with SHA-256 over the message: r and s of 32 bytes each (RFC 7518 section 3.4). */
MUST_CHECK enum err signing_key_sign(const struct signing_key *key, const char *message,
                                     size_t length, unsigned char out[SIGNING_KEY_SIGNATURE_BYTES]);

#endif
