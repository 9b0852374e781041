/* Tokens from strangers. The first byte picks the door; the keyset holds one P-256 key, so that the
 * corpus, which holds tokens with its kid, reaches libjwt too. */
#include "security/jwt.h"
#include "base/json.h"
#include "security/security.h"
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

static const char *const ISSUERS[] = {"https://guichet.example", NULL};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct jwt_keyset *make_keyset(void) {
    ARENA_AUTO(arena);
    struct signing_key key;
    struct jwt_keyset *keyset = jwt_keyset_new();
    json_init();
    if (security_init() != ERR_NONE || signing_key_generate(&arena, &key) != ERR_NONE ||
        jwt_keyset_add(keyset, "k", key.public_pem) != ERR_NONE) {
        abort();
    }
    return keyset;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct jwt_keyset *keyset;
    if (keyset == NULL) {
        keyset = make_keyset();
    }
    if (size == 0) {
        return 0;
    }
    ARENA_AUTO(arena);
    const char *token = arena_strndup(&arena, (const char *)data + 1, size - 1);
    if (data[0] % 2 == 0) {
        struct jwt_claims claims;
        if (jwt_verify(&arena, keyset, ISSUERS, token, &claims) == ERR_NONE) {
            abort(); /* nobody signed it */
        }
    } else {
        const struct value *claims = NULL;
        if (jwt_verify_foreign(&arena, keyset, JWT_ALGORITHM_ES256, token, &claims) == ERR_NONE) {
            abort();
        }
    }
    return 0;
}
