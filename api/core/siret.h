#ifndef GUICHET_CORE_SIRET_H
#define GUICHET_CORE_SIRET_H
/* SIREN (9 digits) and SIRET (14): numbers of legal units and of their establishments, with a check
 * digit by Luhn. Exception: the establishments of La Poste, too many for Luhn, have a digit sum that
 * is a multiple of 5, but for the head office. All zeros pass every sum and belong to nobody.
 * Thread-safe. */
#include "base/err.h"
#include "base/field_errors.h"
#include <stdbool.h>
#include <stddef.h>

enum { SIREN_TEXT_BYTES = 10, SIRET_TEXT_BYTES = 15 };

/* What follows `count` digits so that the sum by Luhn (ISO/IEC 7812-1) holds: '0' to '9'. */
char siren_check_digit(const char *digits, size_t count);
/* True for 9 digits that may be a SIREN. */
bool siren_is_valid(const char *siren);
/* True for 14 digits that may be a SIRET. */
bool siret_is_valid(const char *siret);
/* Reads what a person typed: blanks (no-break ones too) are dropped. ERR_INVALID adds one error at
 * `pointer` (`required` or `invalid_format`) with the sentence that fits the mistake; `out` then is
 * empty. */
MUST_CHECK enum err siret_parse(struct field_errors *errors, const char *pointer, const char *text,
                                char out[SIRET_TEXT_BYTES]);

#endif
