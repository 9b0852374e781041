#include "security/token_hash.h"
#include "base/text.h"
#include <sodium.h>
#include <string.h>

void token_hash_bytes(const char *token, unsigned char out[TOKEN_HASH_BYTES]) {
    token_hash_data(token, strlen(token), out);
}

void token_hash_fast(const char *token, unsigned char out[TOKEN_HASH_BYTES]) {
    (void)crypto_generichash(out, TOKEN_HASH_BYTES, (const unsigned char *)token, strlen(token),
                             NULL, 0);
}

void token_hash_data(const char *data, size_t length, unsigned char out[TOKEN_HASH_BYTES]) {
    crypto_hash_sha256(out, (const unsigned char *)data, length);
}

const char *token_hash_text(struct arena *arena, const char *token) {
    unsigned char hash[TOKEN_HASH_BYTES];
    token_hash_bytes(token, hash);
    return text_hex(arena, hash, sizeof hash);
}

const char *token_hash_keyed(struct arena *arena, const struct seal_key *key, const char *purpose,
                             const char *secret) {
    unsigned char hash[TOKEN_HASH_BYTES];
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, key->bytes, sizeof key->bytes, sizeof hash);
    /* The NUL of `purpose` is hashed too: it separates purpose and secret. */
    (void)crypto_generichash_update(&state, (const unsigned char *)purpose, strlen(purpose) + 1);
    (void)crypto_generichash_update(&state, (const unsigned char *)secret, strlen(secret));
    (void)crypto_generichash_final(&state, hash, sizeof hash);
    return text_hex(arena, hash, sizeof hash);
}

bool token_hash_equal(const char *a, const char *b) {
    const size_t length = strlen(a);
    return length == strlen(b) && sodium_memcmp(a, b, length) == 0;
}
