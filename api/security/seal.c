#include "security/seal.h"
#include "base/text.h"
#include "security/base64url.h"
#include <sodium.h>
#include <string.h>

/* The version of the format, for later changes. */
static const char PREFIX[] = "s1.";
static const char SEPARATORS[] = ", \t\r\n";

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

static const char *parse_one(const char *base64, struct seal_key *out) {
    ARENA_AUTO(arena);
    unsigned char *bytes = NULL;
    size_t length = 0;
    if (base64_decode(&arena, base64, strlen(base64), &bytes, &length) != ERR_NONE ||
        length != SEAL_KEY_BYTES) {
        return "it must be base64 of exactly 32 bytes (openssl rand -base64 32)";
    }
    if (!looks_random(bytes)) {
        return "it is an example or readable text: draw 32 random bytes (openssl rand -base64 32)";
    }
    memcpy(out->bytes, bytes, SEAL_KEY_BYTES);
    out->former = NULL;
    sodium_memzero(bytes, length);
    return NULL;
}

static bool is_among(const struct seal_key *key, const struct seal_key *first) {
    for (; first != NULL; first = first->former) {
        if (sodium_memcmp(key->bytes, first->bytes, SEAL_KEY_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

/* The next key of the text, behind what separates it and comments; "" at the end. */
static const char *next_key(struct arena *arena, const char **text) {
    *text += strspn(*text, SEPARATORS);
    while (**text == '#') {
        *text += strcspn(*text, "\r\n");
        *text += strspn(*text, SEPARATORS);
    }
    const size_t length = strcspn(*text, SEPARATORS);
    const char *key = arena_strndup(arena, *text, length);
    *text += length;
    return key;
}

enum err seal_keys_parse(struct arena *arena, const char *text, struct seal_key *out,
                         const char **reason) {
    struct seal_key *last = NULL;
    size_t place = 0;
    for (const char *base64 = next_key(arena, &text); *base64 != '\0';
         base64 = next_key(arena, &text)) {
        struct seal_key *key = place++ == 0 ? out : ARENA_ARRAY(arena, struct seal_key, 1);
        const char *mistake = parse_one(base64, key);
        if (mistake == NULL && last != NULL && is_among(key, out)) {
            mistake = "it is given twice";
        }
        if (mistake != NULL) {
            *reason = arena_printf(arena, "key %zu: %s", place, mistake);
            return ERR_INVALID;
        }
        if (last != NULL) {
            last->former = key;
        }
        last = key;
    }
    *reason = place == 0 ? "no master key is set" : NULL;
    return place == 0 ? ERR_INVALID : ERR_NONE;
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
        return err_internal("a value is not sealed");
    }
    const char *text = sealed + strlen(PREFIX);
    if (base64url_decode(arena, text, strlen(text), &box, &length) != ERR_NONE ||
        length < NONCE_BYTES + TAG_BYTES) {
        return err_internal("a sealed value is cut or no base64url");
    }
    unsigned char *secret = arena_alloc(arena, length);
    for (; key != NULL; key = key->former) {
        if (open_box(key, context, box, length, secret, out_length)) {
            *out = secret;
            return ERR_NONE;
        }
    }
    return err_internal("none of the master keys opens a sealed value, or it was moved");
}
