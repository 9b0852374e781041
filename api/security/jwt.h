#ifndef GUICHET_SECURITY_JWT_H
#define GUICHET_SECURITY_JWT_H
/* Signed tokens (RFC 7519, RFC 7515). The only place that knows libjwt, which by itself accepts
 * forged tokens in many ways; see README.md for the checks around it. Thread-safe, but a keyset is
 * filled by one thread before it is shared. */
#include "base/arena.h"
#include "base/err.h"
#include "base/value.h"
#include "security/jwk.h"
#include "security/signing_key.h"
#include <stddef.h>
#include <stdint.h>

enum {
    JWT_BYTES_MAX = 4096,          /* our own tokens */
    JWT_FOREIGN_BYTES_MAX = 16384, /* those of an identity provider */
    JWT_KID_BYTES_MAX = 128,
    JWT_KEYS_MAX = 64, /* of a keyset */
    JWT_FORMER_SYSTEMS_MAX = 4,
    JWT_SECRET_BYTES_MIN = 32, /* RFC 7518 3.2: as long as the hash */
    JWT_SECRET_BYTES_MAX = 512,
};

/* Public keys by kid: counted, immutable once shared. */
struct jwt_keyset;
/* The place that holds the current keyset of a process. */
struct jwt_keyring;

/* The caller holds one reference; never NULL. */
struct jwt_keyset *jwt_keyset_new(void);
/* The PEM of a public key; copied. ERR_INVALID where it is neither P-256 nor RSA of 2,048 bits, or
 * where the kid is empty, too long or already there. */
MUST_CHECK enum err jwt_keyset_add(struct jwt_keyset *keyset, const char *kid, const char *pem);
/* The secret of a former system, which signed by HS256, and the claim iss of its strings (NULL: they have none);
 * copied. ERR_INVALID: not JWT_SECRET_BYTES_MIN to _MAX bytes, the text of a key, or one system too many. */
MUST_CHECK enum err jwt_keyset_add_former(struct jwt_keyset *keyset, const char *system,
                                          const char *issuer, const void *secret, size_t length);
/* Gives one reference back; NULL does nothing. */
void jwt_keyset_release(const struct jwt_keyset *keyset);
size_t jwt_keyset_count(const struct jwt_keyset *keyset);

struct jwt_keyring *jwt_keyring_new(void); /* holds an empty keyset */
void jwt_keyring_free(struct jwt_keyring *ring);
/* Takes over the caller's reference; readers of the former keyset keep it until they release it.
 * Nothing happens where the keys are the same. */
void jwt_keyring_replace(struct jwt_keyring *ring, struct jwt_keyset *keyset);
/* Increases with each change of the keys: a verification made before a change is no longer valid after
 * it. */
uint64_t jwt_keyring_generation(struct jwt_keyring *ring);
/* The current keyset, to be released. */
const struct jwt_keyset *jwt_keyring_acquire(struct jwt_keyring *ring);

/* Claims of our own tokens, every one present and of its type. Texts live in the arena. */
struct jwt_claims {
    const char *iss;
    const char *aud;
    const char *sub;
    const char *jti; /* UUID */
    const char *siret;
    const char *version;
    int64_t iat_s; /* seconds since 1970 */
    int64_t
        string_number; /* tells the strings of one token apart: claim gen, or iat where there is none */
    int64_t nbf_s;
    int64_t exp_s;
    const struct value *scopes; /* array of strings */
};

/* A compact ES256 token over `claims` (an object), in the arena. */
MUST_CHECK enum err jwt_sign(struct arena *arena, const struct signing_key *key,
                             const struct value *claims, const char **out);
/* Verifies a token that this program signed. ERR_UNAUTHENTICATED for anything but a token signed by a P-256 key of
 * the set, with exactly these claims by type and one of these issuers (NULL ends them). Does not check expiry, `nbf`
 * and audience: the token's row in the database is the authority, and only the caller knows the product.
 * ERR_UNAVAILABLE: no memory to verify. */
MUST_CHECK enum err jwt_verify(struct arena *arena, const struct jwt_keyset *keyset,
                               const char *const *issuers, const char *token,
                               struct jwt_claims *out);
/* The claim iss of a string that was kept here; nothing of it is verified. ERR_UNAUTHENTICATED: there is none. */
MUST_CHECK enum err jwt_read_issuer(struct arena *arena, const char *token, const char **issuer);
/* A string of a former system. Its scopes and its expiry are not read: the token's row has them. */
struct jwt_former_claims {
    const char *system; /* whose secret signed it; borrowed from the keyset */
    const char *iss;    /* NULL: none */
    const char *aud;    /* NULL: none */
    const char *jti;    /* UUID, lower case */
    int64_t iat_s;      /* -1: none */
};

/* Verifies a token that a former system signed: `alg` must be HS256, `kid` must not name a key of the set, and the
 * signature must fit the secret of a former system. ERR_UNAUTHENTICATED for anything else. The caller checks in the
 * token's row whether such a string is accepted, and until when. */
MUST_CHECK enum err jwt_verify_former(struct arena *arena, const struct jwt_keyset *keyset,
                                      const char *token, struct jwt_former_claims *out);
/* Verifies a token of another issuer with the algorithm that the caller pins; its claims as JSON, none
 * of them checked. A header without kid is accepted where the set has a single key of that algorithm.
 * ERR_NOT_FOUND: well-formed, but the kid is unknown (fetch the keys again); ERR_UNAVAILABLE: no
 * memory to verify; ERR_UNAUTHENTICATED: anything else that is wrong. */
MUST_CHECK enum err jwt_verify_foreign(struct arena *arena, const struct jwt_keyset *keyset,
                                       enum jwt_algorithm algorithm, const char *token,
                                       const struct value **claims);

#endif
