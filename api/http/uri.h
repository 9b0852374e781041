#ifndef GUICHET_HTTP_URI_H
#define GUICHET_HTTP_URI_H
/* Strict reading of a request target (RFC 3986, RFC 9112 section 3.2.1): only the characters of the
 * grammar, whole percent escapes, no escape of '/', NUL or a control character, valid UTF-8.
 * Thread-safe. */
#include "http/exchange.h"

enum { URI_SEGMENTS_MAX = 24 };

/* "/a/b%20c" gives "a", "b c"; "/" gives one empty segment. ERR_BAD_REQUEST where the text breaks
 * the rules, ERR_NOT_FOUND beyond URI_SEGMENTS_MAX segments. */
MUST_CHECK enum err uri_split_path(struct arena *arena, const char *path,
                                   const char *segments[URI_SEGMENTS_MAX], size_t *count);
/* "a=1&b=x+y" gives (a, 1), (b, "x y"), as HTML forms write it (application/x-www-form-urlencoded);
 * an encoded slash is fine here. ERR_BAD_REQUEST where the text breaks the rules or holds more than
 * EXCHANGE_QUERY_MAX pairs. */
MUST_CHECK enum err uri_split_pairs(struct arena *arena, const char *text, size_t length,
                                    struct pair pairs[EXCHANGE_QUERY_MAX], size_t *count);
/* An extended value (RFC 8187) behind its charset and language: attr-char and percent escapes, '/' among them. NULL
 * where the text breaks the rules. */
const char *uri_decode_value(struct arena *arena, const char *text, size_t length);

#endif
