#include "security/hmac.h"
#include "base/text.h"
#include <sodium.h>
#include <string.h>

const char *hmac_sha256_text(struct arena *arena, const char *key, const void *message,
                             size_t length) {
    unsigned char sum[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)key, strlen(key));
    crypto_auth_hmacsha256_update(&state, message, length);
    crypto_auth_hmacsha256_final(&state, sum);
    sodium_memzero(&state, sizeof state);
    return text_hex(arena, sum, sizeof sum);
}
