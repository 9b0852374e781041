#include "security/digest.h"
#include "base/text.h"
#include <sodium.h>

struct digest {
    crypto_hash_sha256_state state;
};

struct digest *digest_new(struct arena *arena) {
    struct digest *digest = ARENA_NEW(arena, struct digest);
    crypto_hash_sha256_init(&digest->state);
    return digest;
}

void digest_add(struct digest *digest, const void *bytes, size_t length) {
    crypto_hash_sha256_update(&digest->state, bytes, length);
}

const char *digest_text(struct arena *arena, struct digest *digest) {
    unsigned char sum[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final(&digest->state, sum);
    return text_hex(arena, sum, sizeof sum);
}
