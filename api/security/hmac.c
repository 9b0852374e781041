#include "security/hmac.h"
#include "base/text.h"
#include <sodium.h>
#include <string.h>

static void sum_bytes(const unsigned char *key, size_t key_length, const unsigned char *message,
                      size_t length, unsigned char sum[HMAC_SHA256_BYTES]) {
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, key, key_length);
    crypto_auth_hmacsha256_update(&state, message, length);
    crypto_auth_hmacsha256_final(&state, sum);
    sodium_memzero(&state, sizeof state);
}

static const char *sum_of(struct arena *arena, const unsigned char *key, size_t key_length,
                          const unsigned char *message, size_t length) {
    unsigned char sum[HMAC_SHA256_BYTES];
    sum_bytes(key, key_length, message, length, sum);
    return text_hex(arena, sum, sizeof sum);
}

bool hmac_sha256_is(const void *key, size_t key_length, const void *message, size_t length,
                    const unsigned char sum[HMAC_SHA256_BYTES]) {
    unsigned char own[HMAC_SHA256_BYTES];
    sum_bytes(key, key_length, message, length, own);
    return sodium_memcmp(own, sum, sizeof own) == 0;
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
