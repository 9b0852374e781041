#include "security/seal.h"
#include "base/text.h"
#include "security/base64url.h"
#include <sodium.h>
#include <string.h>

/* The version of the format, for later changes. */
static const char PREFIX[] = "s1.";

enum {
    NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    DISTINCT_BYTES_LEAST = 16, /* 32 random bytes hold about 30 different ones */
};

static bool looks_random(const unsigned char bytes[SEAL_KEY_BYTES]) {
    bool seen[256] = {false};
    size_t distinct = 0;
    size_t readable = 0;
    for (size_t i = 0; i < SEAL_KEY_BYTES; i++) {
        distinct += seen[bytes[i]] ? 0 : 1;
        seen[bytes[i]] = true;
        readable += bytes[i] >= 0x20 && bytes[i] < 0x7f ? 1 : 0;
    }
    bool counts_up = true;
    for (size_t i = 1; i < SEAL_KEY_BYTES; i++) {
        counts_up = counts_up && bytes[i] == (unsigned char)(bytes[i - 1] + 1);
    }
    return distinct >= DISTINCT_BYTES_LEAST && readable < SEAL_KEY_BYTES && !counts_up;
}

enum err seal_key_parse(const char *base64, struct seal_key *out, const char **reason) {
    ARENA_AUTO(arena);
    unsigned char *bytes = NULL;
    size_t length = 0;
    if (*base64 == '\0') {
        *reason = "no master key is set";
        return ERR_INVALID;
    }
    if (base64_decode(&arena, base64, strlen(base64), &bytes, &length) != ERR_NONE ||
        length != SEAL_KEY_BYTES) {
        *reason = "the master key must be base64 of exactly 32 bytes (openssl rand -base64 32)";
        return ERR_INVALID;
    }
    if (!looks_random(bytes)) {
        *reason = "the master key is an example or readable text: draw 32 random bytes "
                  "(openssl rand -base64 32)";
        return ERR_INVALID;
    }
    memcpy(out->bytes, bytes, SEAL_KEY_BYTES);
    out->former = NULL;
    sodium_memzero(bytes, length);
    return ERR_NONE;
}

enum err seal_key_parse_former(struct arena *arena, const char *text, struct seal_key *key,
                               const char **reason) {
    for (const char *c = text; *c != '\0';) {
        const size_t length = strcspn(c, ",");
        struct seal_key *former = ARENA_ARRAY(arena, struct seal_key, 1);
        TRY(seal_key_parse(arena_strndup(arena, c, length), former, reason));
        key->former = former;
        key = former;
        c += length + (c[length] == ',' ? 1 : 0);
    }
    return ERR_NONE;
}

struct seal_key seal_key_derive(const struct seal_key *master, const char *purpose) {
    struct seal_key key = {.former = NULL};
    (void)crypto_generichash(key.bytes, sizeof key.bytes, (const unsigned char *)purpose,
                             strlen(purpose), master->bytes, sizeof master->bytes);
    return key;
}

const char *seal_close(struct arena *arena, const struct seal_key *key, const char *context,
                       const void *secret, size_t length) {
    unsigned char *box = arena_alloc(arena, NONCE_BYTES + length + TAG_BYTES);
    randombytes_buf(box, NONCE_BYTES);
    unsigned long long sealed = 0;
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(box + NONCE_BYTES, &sealed, secret, length,
                                                     (const unsigned char *)context,
                                                     strlen(context), NULL, box, key->bytes);
    return arena_printf(arena, "%s%s", PREFIX,
                        base64url_encode(arena, box, NONCE_BYTES + (size_t)sealed));
}

/* Opens nonce, text and tag into `secret`; false where another key or context closed them. */
static bool open_box(const struct seal_key *key, const char *context, const unsigned char *box,
                     size_t length, unsigned char *secret, size_t *out_length) {
    unsigned long long opened = 0;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            secret, &opened, NULL, box + NONCE_BYTES, length - NONCE_BYTES,
            (const unsigned char *)context, strlen(context), box, key->bytes) != 0) {
        return false;
    }
    *out_length = (size_t)opened;
    return true;
}

enum err seal_open(struct arena *arena, const struct seal_key *key, const char *context,
                   const char *sealed, unsigned char **out, size_t *out_length) {
    unsigned char *box = NULL;
    size_t length = 0;
    if (!text_starts_with(sealed, PREFIX)) {
        return ERR_INTERNAL;
    }
    const char *text = sealed + strlen(PREFIX);
    if (base64url_decode(arena, text, strlen(text), &box, &length) != ERR_NONE ||
        length < NONCE_BYTES + TAG_BYTES) {
        return ERR_INTERNAL;
    }
    unsigned char *secret = arena_alloc(arena, length);
    for (; key != NULL; key = key->former) {
        if (open_box(key, context, box, length, secret, out_length)) {
            *out = secret;
            return ERR_NONE;
        }
    }
    return ERR_INTERNAL;
}
