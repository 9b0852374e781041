#ifndef GUICHET_SECURITY_JWK_H
#define GUICHET_SECURITY_JWK_H
/* Public keys as JSON (RFC 7517, RFC 7518) and as PEM, and their thumbprint (RFC 7638).
 * Thread-safe. */
#include "base/arena.h"
#include "base/err.h"
#include "base/value.h"

enum jwt_algorithm { JWT_ALGORITHM_ES256, JWT_ALGORITHM_RS256 };

/* "ES256" or "RS256". Static text. */
const char *jwt_algorithm_name(enum jwt_algorithm algorithm);

/* Checks a public key in PEM: P-256, or RSA of at least 2,048 bits. ERR_INVALID for anything else,
 * an empty text too. */
MUST_CHECK enum err jwk_check_pem(const char *pem, enum jwt_algorithm *out);
/* The PEM of a JWK (kty EC with crv P-256, or RSA), in the arena, and the one algorithm that it may
 * be used with. ERR_INVALID for other kinds, for a key not meant for signatures, and where the
 * member `alg` says something else. */
MUST_CHECK enum err jwk_to_pem(struct arena *arena, const struct value *jwk, const char **pem,
                               enum jwt_algorithm *algorithm);
/* The JWK {kty, crv, x, y, kid, use, alg} of a P-256 public key; `kid` is its thumbprint.
 * ERR_INVALID for other keys. */
MUST_CHECK enum err jwk_from_pem(struct arena *arena, const char *pem, struct value **out);

#endif
