#ifndef GUICHET_HTTP_HEADER_PARAMETERS_H
#define GUICHET_HTTP_HEADER_PARAMETERS_H
/* What stands behind the first word of Content-Type and Content-Disposition: `; name=value`, in any order, the
 * value a token or a quoted string (RFC 9110, section 5.6.6; RFC 2183). Thread-safe. */
#include "base/arena.h"
#include "http/exchange.h"
#include <stdbool.h>
#include <stddef.h>

enum { HEADER_PARAMETERS_MAX = 16 };

struct header_parameters {
    struct pair pairs[HEADER_PARAMETERS_MAX]; /* without the quotes; names as written */
    size_t count;
};

/* Reads a whole value such as `form-data; name="a"`. Empty parameters (`;;`, a `;` at the end) count for
 * nothing. In a quoted string \" and \\ stand for one character, as does %22 for a quote, which browsers write;
 * any other backslash is itself. False where the text is malformed, no UTF-8, has a control character, a name twice
 * (in whatever case) or more than HEADER_PARAMETERS_MAX parameters. Texts live in `arena`. */
bool header_parameters_read(struct arena *arena, const char *value, struct header_parameters *out);
/* The value of this parameter, in whatever case its name is written; NULL where there is none. */
const char *header_parameters_find(const struct header_parameters *parameters, const char *name);
/* True where the first word of the header is this type, in whatever case. */
bool header_is(const char *value, const char *type);
/* True where the header names no charset, or UTF-8. */
bool header_charset_is_utf8(const struct header_parameters *parameters);
/* The text of an extended value such as `UTF-8''%C3%A9t%C3%A9.pdf` (RFC 8187); NULL where it is malformed or of
 * another charset. */
const char *header_extended_text(struct arena *arena, const char *value);

#endif
