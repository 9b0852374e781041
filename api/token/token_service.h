#ifndef GUICHET_TOKEN_TOKEN_SERVICE_H
#define GUICHET_TOKEN_TOKEN_SERVICE_H
/* The inside of the token service, for the files token_*.c alone. Immutable but for the keyring. */
#include "security/jwt.h"
#include "security/seal.h"

struct token_service {
    const struct seal_key *seal_key;
    const char *issuer; /* claim iss; borrowed from the settings */
    struct jwt_keyring *keyring;
};

#endif
