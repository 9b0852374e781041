#ifndef GUICHET_TOKEN_TOKEN_SERVICE_H
#define GUICHET_TOKEN_TOKEN_SERVICE_H
/* The inside of the token service, for the files token_*.c alone. Immutable but for the keyring. */
#include "base/config.h"
#include "security/jwt.h"
#include "security/seal.h"

struct token_service {
    const struct seal_key *seal_key;
    /* Claim iss of what is signed, then the former ones, then NULL; borrowed from the settings and `text`. */
    const char *issuers[CONFIG_FORMER_ISSUERS_MAX + 2];
    char *text;
    struct jwt_keyring *keyring;
};

#endif
