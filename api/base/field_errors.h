#ifndef GUICHET_BASE_FIELD_ERRORS_H
#define GUICHET_BASE_FIELD_ERRORS_H
/* The mistakes of an input, field by field, all at once (RFC 9457 extension `errors`). One thread uses
 * a list. */
#include "base/arena.h"
#include "base/value.h"
#include <stddef.h>

struct field_error {
    struct field_error *next;
    const char *pointer; /* JSON pointer (RFC 6901) into the body, or the name of a query key */
    const char *code;    /* stable, for programs: see openapi.yaml, FieldErrorCode */
    const char *message; /* French sentence: what is wrong and what would be right */
};

enum { FIELD_ERRORS_MAX = 100 }; /* that are kept; anyone who mends those asks again */

struct field_errors {
    struct arena *arena;
    struct field_error *first;
    struct field_error *last;
    size_t count; /* of those that are kept and those that are not */
};

void field_errors_init(struct field_errors *errors, struct arena *arena);
void field_errors_add(struct field_errors *errors, const char *pointer, const char *code,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));
/* `[{pointer, code, message}]`, as answers show them. */
struct value *field_errors_value(struct arena *arena, const struct field_errors *errors);
/* ERR_NONE when nothing was added, else ERR_INVALID: `return field_errors_verdict(&errors);` */
#define field_errors_verdict(errors) ((errors)->count == 0 ? ERR_NONE : ERR_INVALID)

#endif
