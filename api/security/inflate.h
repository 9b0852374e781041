#ifndef GUICHET_SECURITY_INFLATE_H
#define GUICHET_SECURITY_INFLATE_H
/* Unpacks deflated bytes (RFC 1951) piece by piece, up to a bound: a few bytes may stand for gigabytes.
 * Thread-safe. */
#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>

/* Takes the next piece; false: that is enough. */
typedef bool inflate_sink(void *state, const unsigned char *piece, size_t length);

enum inflate_frame { INFLATE_BARE, INFLATE_ZLIB /* RFC 1950: of PDF */ };

/* ERR_INVALID where the bytes are cut or damaged; ERR_TOO_LARGE above `bytes_max`. What lies behind the end of
 * the deflated bytes is not looked at. */
MUST_CHECK enum err inflate_each(const unsigned char *bytes, size_t length,
                                 enum inflate_frame frame, size_t bytes_max, inflate_sink *sink,
                                 void *state);

#endif
