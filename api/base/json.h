#ifndef GUICHET_BASE_JSON_H
#define GUICHET_BASE_JSON_H
/* Parses and writes JSON (RFC 8259); the only place that knows jansson. The parser is strict: valid
 * UTF-8, one value and nothing behind it, no duplicate member, depth at most JSON_DEPTH_MAX, no
 * control character in a string but tab, CR and LF, so that every string is a C string. Thread-safe
 * after json_init, but a tree is built by one thread. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/value.h"
#include <stddef.h>

enum { JSON_DEPTH_MAX = 32, JSON_BODY_MEMBERS_MAX = 256, JSON_BODY_ITEMS_MAX = 2048 };

/* To be called once before any thread is started (seeds jansson's hashing). */
void json_init(void);

/* ERR_BAD_REQUEST when the text is no JSON by the rules above; `*reason` then says why in French
 * (static text; `reason` may be NULL). */
MUST_CHECK enum err json_parse(struct arena *arena, const char *text, size_t length,
                               struct value **out, const char **reason);

/* Why json_parse refuses a file of the operator, for them: in English with the line, without a word of the
 * file, which may hold secrets. In the arena. */
const char *json_explain(struct arena *arena, const char *text, size_t length);

/* The same for what a caller sends: also refused, before any tree is built, where one object has more than
 * JSON_BODY_MEMBERS_MAX members or one array more than JSON_BODY_ITEMS_MAX items. A whole number written 36.0 or
 * 3.6e1 is an integer. `reason` is not NULL. */
MUST_CHECK enum err json_parse_body(struct arena *arena, const char *text, size_t length,
                                    struct value **out, const char **reason);

/* Appends the value as compact JSON. */
void json_write(struct buf *buf, const struct value *value);
/* Appends a quoted, escaped JSON string; bytes that are no UTF-8 become U+FFFD. */
void json_write_text(struct buf *buf, const char *text);
/* The value as JSON text in the arena. */
const char *json_text(struct arena *arena, const struct value *value);

#endif
