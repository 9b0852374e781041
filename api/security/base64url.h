#ifndef GUICHET_SECURITY_BASE64URL_H
#define GUICHET_SECURITY_BASE64URL_H
/* Base64url without padding (RFC 4648 section 5), read strictly: only the alphabet, no padding, no
 * line break, and zero bits behind the last byte, so that one text stands for one value.
 * Thread-safe. */
#include "base/arena.h"
#include "base/err.h"
#include <stddef.h>

/* The text of some bytes, in the arena. */
const char *base64url_encode(struct arena *arena, const void *bytes, size_t length);
/* The bytes of a text of `length` characters, NUL-terminated behind their count in `out_length`.
 * ERR_BAD_REQUEST for anything that base64url_encode would not have written. */
MUST_CHECK enum err base64url_decode(struct arena *arena, const char *text, size_t length,
                                     unsigned char **out, size_t *out_length);
/* The same for ordinary base64 with padding (RFC 4648 section 4): settings and file formats. */
const char *base64_encode(struct arena *arena, const void *bytes, size_t length);
MUST_CHECK enum err base64_decode(struct arena *arena, const char *text, size_t length,
                                  unsigned char **out, size_t *out_length);

#endif
