#include "security/base64url.h"
#include <sodium.h>

static const char *encode(struct arena *arena, const void *bytes, size_t length, int variant) {
    const size_t size = sodium_base64_encoded_len(length, variant);
    return sodium_bin2base64(arena_alloc(arena, size), size, bytes, length, variant);
}

static enum err decode(struct arena *arena, const char *text, size_t length, int variant,
                       unsigned char **out, size_t *out_length) {
    const size_t size = length / 4 * 3 + 4;
    unsigned char *bytes = arena_alloc(arena, size);
    const char *end = text;
    if (sodium_base642bin(bytes, size - 1, text, length, NULL, out_length, &end, variant) != 0 ||
        end != text + length) {
        return ERR_BAD_REQUEST;
    }
    bytes[*out_length] = '\0';
    *out = bytes;
    return ERR_NONE;
}

const char *base64url_encode(struct arena *arena, const void *bytes, size_t length) {
    return encode(arena, bytes, length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

enum err base64url_decode(struct arena *arena, const char *text, size_t length, unsigned char **out,
                          size_t *out_length) {
    return decode(arena, text, length, sodium_base64_VARIANT_URLSAFE_NO_PADDING, out, out_length);
}

const char *base64_encode(struct arena *arena, const void *bytes, size_t length) {
    return encode(arena, bytes, length, sodium_base64_VARIANT_ORIGINAL);
}

enum err base64_decode(struct arena *arena, const char *text, size_t length, unsigned char **out,
                       size_t *out_length) {
    return decode(arena, text, length, sodium_base64_VARIANT_ORIGINAL, out, out_length);
}
