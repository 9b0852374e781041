#include "security/random.h"
#include "security/base64url.h"
#include <sodium.h>

void random_bytes(void *out, size_t length) {
    randombytes_buf(out, length);
}

const char *random_token(struct arena *arena) {
    unsigned char bytes[32];
    randombytes_buf(bytes, sizeof bytes);
    const char *token = base64url_encode(arena, bytes, sizeof bytes);
    sodium_memzero(bytes, sizeof bytes);
    return token;
}

const char *random_code(struct arena *arena, size_t groups) {
    static const char alphabet[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"; /* 32: no 0 O 1 I */
    char *code = arena_alloc(arena, groups * 5 + 1);
    char *at = code;
    for (size_t i = 0; i < groups * 4; i++) {
        if (i > 0 && i % 4 == 0) {
            *at++ = '-';
        }
        *at++ = alphabet[randombytes_uniform(sizeof alphabet - 1)];
    }
    return code;
}
