#ifndef GUICHET_HTTP_MULTIPART_H
#define GUICHET_HTTP_MULTIPART_H
/* multipart/form-data (RFC 7578, 2183, 2046) over the whole raw body, as the usual libraries write it: parameters in
 * any order, tokens or quoted strings, `filename*`, headers that say nothing about the bytes. Line ends are CRLF,
 * every part is named, names are not repeated, nothing but empty lines stands around the parts. What would have to be
 * decoded (base64, another charset, a name of RFC 2047) is refused. Only headers are copied. Thread-safe. */
#include "base/arena.h"
#include "base/err.h"
#include "http/exchange.h"
#include <stddef.h>

enum { MULTIPART_PARTS_MAX = 8, MULTIPART_PART_HEADER_BYTES_MAX = 4096 };

struct multipart_part {
    const char *name;
    const char *file_name; /* as the caller names it, never a path to open; NULL: a plain field */
    const char *content_type; /* as stated, not checked; NULL where not stated */
    const char *bytes;        /* inside the body, not NUL-terminated */
    size_t length;
};

struct multipart {
    struct multipart_part parts[MULTIPART_PARTS_MAX];
    size_t count;
};

/* ERR_BAD_REQUEST where a rule is broken; `*reason` then says which in French (static text). */
MUST_CHECK enum err multipart_parse(struct arena *arena, const char *content_type, const char *body,
                                    size_t length, struct multipart *out, const char **reason);
/* NULL where no part has this name. */
const struct multipart_part *multipart_find(const struct multipart *multipart, const char *name);
/* The value of a plain field as text; NULL where it is missing, a file, holds a NUL or is no UTF-8.
 */
const char *multipart_find_text(struct arena *arena, const struct multipart *multipart,
                                const char *name);
/* The body of a route with BODY_MULTIPART; the reason of a failure goes to exchange->detail. */
MUST_CHECK enum err request_multipart(struct exchange *exchange, struct multipart *out);

#endif
