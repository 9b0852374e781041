#ifndef GUICHET_CORE_READER_H
#define GUICHET_CORE_READER_H
/* Reads the members of a JSON object and records every mistake at its JSON pointer. Each function may
 * be called after an earlier one found a mistake. Results are in the arena or borrowed from the
 * object. One thread uses a reader. */
#include "base/field_errors.h"
#include "base/value.h"
#include <stdbool.h>
#include <stddef.h>

enum { READER_SHORT_MAX = 255, READER_LONG_MAX = 20000 }; /* characters */

struct reader {
    struct arena *arena;
    struct field_errors *errors;
    const struct value *object;
    const char *prefix; /* pointer of the object: "" for the body itself */
};

/* `known` ends with NULL; any other member is a field error. `object` may be NULL (no body): then
 * every member is missing. */
void reader_start(struct reader *reader, struct arena *arena, struct field_errors *errors,
                  const struct value *object, const char *prefix, const char *const *known);
/* "/contacts/technical" + "email". In the arena. */
const char *reader_pointer(const struct reader *reader, const char *name);
/* True where the member came, null included. */
bool reader_has(const struct reader *reader, const char *name);

/* One line, at least one visible character, at most `characters_max`; NULL after a field error. */
const char *reader_required_line(struct reader *reader, const char *name, size_t characters_max);
/* The same for an optional member: NULL where missing, null, empty or wrong. */
const char *reader_optional_line(struct reader *reader, const char *name, size_t characters_max);
/* The same for a text that may have line breaks and tabs. */
const char *reader_required_text(struct reader *reader, const char *name, size_t characters_max);
const char *reader_optional_text(struct reader *reader, const char *name, size_t characters_max);
/* A secret: any string that is not empty, of at most `bytes_max`. NULL after a field error. */
const char *reader_required_secret(struct reader *reader, const char *name, size_t bytes_max);
/* One of `choices` (ends with NULL); NULL after a field error. */
const char *reader_required_choice(struct reader *reader, const char *name,
                                   const char *const *choices);
/* `fallback` where missing, null or wrong. */
bool reader_optional_boolean(struct reader *reader, const char *name, bool fallback);
/* A list of some of `choices` (ends with NULL), at least one, each once; NULL after a field error. */
const struct value *reader_required_choices(struct reader *reader, const char *name,
                                            const char *const *choices);
/* Records a mistake at a member. */
void reader_error(struct reader *reader, const char *name, const char *code, const char *message);

#endif
