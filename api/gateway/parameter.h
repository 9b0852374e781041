#ifndef GUICHET_GATEWAY_PARAMETER_H
#define GUICHET_GATEWAY_PARAMETER_H
/* The types of parameters that endpoints take in their path and query, and the values of one call.
 * Thread-safe. */
#include "base/arena.h"
#include "base/field_errors.h"
#include "base/value.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A value has to be of one of the kinds that its type joins. */
enum parameter_kind {
    PARAMETER_SIREN = 1,
    PARAMETER_SIRET = 2,
    PARAMETER_RNA = 4,
    PARAMETER_EORI = 8,
    PARAMETER_MONTH = 16,
    PARAMETER_YEAR = 32,
    PARAMETER_FISCAL_YEAR = 64,
    PARAMETER_INTEGER = 128,
    PARAMETER_ENUM = 256,
    PARAMETER_TEXT = 512,
};

enum parameter_characters { CHARACTERS_DIGITS, CHARACTERS_ALPHANUMERIC, CHARACTERS_NAME };

struct parameter {
    const char *name;
    unsigned int kinds;
    bool required;
    const char *error_code;
    int64_t least;
    int64_t most; /* of a number, or of a text's length in characters */
    enum parameter_characters characters;
    const char **values;
    size_t values_count;
};

/* Reads one element of `path_parameters` or `query_parameters`; mistakes go to `errors`. */
void parameter_read(struct arena *arena, const struct value *document, struct field_errors *errors,
                    const char *pointer, struct parameter *out);
/* The kind of the value; 0 where it is of none. `this_year`: four digits. */
unsigned int parameter_kind_of(const struct parameter *parameter, const char *value, int this_year);
/* "siren", "siret", "rna", "eori"; else the parameter's own name. */
const char *parameter_key(const struct parameter *parameter, unsigned int kind);

#endif
