#include "security/hmac.h"
#include "base/text.h"
#include <sodium.h>
#include <string.h>

static const char *sum_of(struct arena *arena, const unsigned char *key, size_t key_length,
                          const unsigned char *message, size_t length) {
    unsigned char sum[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, key, key_length);
    crypto_auth_hmacsha256_update(&state, message, length);
    crypto_auth_hmacsha256_final(&state, sum);
    sodium_memzero(&state, sizeof state);
    return text_hex(arena, sum, sizeof sum);
}

const char *hmac_sha256_text(struct arena *arena, const char *key, const void *message,
                             size_t length) {
    return sum_of(arena, (const unsigned char *)key, strlen(key), message, length);
}

const char *hmac_sha256_keyed(struct arena *arena, const struct seal_key *key,
                              const char *message) {
    return sum_of(arena, key->bytes, sizeof key->bytes, (const unsigned char *)message,
                  strlen(message));
}
