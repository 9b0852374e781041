#include "security/hash.h"
#include <sodium.h>
#include <string.h>

static unsigned char process_key[crypto_shorthash_KEYBYTES];

void hash_init(void) {
    crypto_shorthash_keygen(process_key);
}

uint64_t hash_keyed(const void *bytes, size_t length) {
    unsigned char sum[crypto_shorthash_BYTES];
    uint64_t hash = 0;
    _Static_assert(sizeof sum == sizeof hash, "SipHash gives 64 bits");
    (void)crypto_shorthash(sum, bytes, length, process_key);
    memcpy(&hash, sum, sizeof hash);
    return hash;
}

uint64_t hash_content(const void *bytes, size_t length) {
    unsigned char sum[crypto_generichash_BYTES];
    uint64_t hash = 0;
    (void)crypto_generichash(sum, sizeof sum, bytes, length, NULL, 0);
    for (size_t i = 0; i < sizeof hash; i++) {
        hash = hash << 8 | sum[i];
    }
    return hash;
}
