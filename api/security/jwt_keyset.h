#ifndef GUICHET_SECURITY_JWT_KEYSET_H
#define GUICHET_SECURITY_JWT_KEYSET_H
/* The inside of a keyset, for jwt.c alone; everybody else uses jwt.h. */
#include "security/jwt.h"

struct jwt_key {
    const char *kid;
    const char *pem;
    enum jwt_algorithm algorithm; /* the only one that this key may verify */
};

/* What signed the strings of a former system. */
struct jwt_former_system {
    const char *name;
    const char *issuer; /* NULL: its strings have no claim iss */
    const unsigned char *secret;
    size_t secret_bytes;
};

/* The next former system after `last` (NULL: the first), borrowed from the keyset; NULL at the end. */
const struct jwt_former_system *jwt_keyset_next_former(const struct jwt_keyset *keyset,
                                                       const struct jwt_former_system *last);
/* Borrowed from the keyset; NULL where the kid is unknown. */
const struct jwt_key *jwt_keyset_find(const struct jwt_keyset *keyset, const char *kid);
/* The key of this algorithm where there is exactly one; else NULL. */
const struct jwt_key *jwt_keyset_find_only(const struct jwt_keyset *keyset,
                                           enum jwt_algorithm algorithm);

#endif
