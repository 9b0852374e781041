#ifndef GUICHET_CORE_SIRET_H
#define GUICHET_CORE_SIRET_H
/* SIREN (9 digits) and SIRET (14): numbers of legal units and of their establishments, with a check
 * digit by Luhn. Exception: the establishments of La Poste, too many for Luhn, have a digit sum that
 * is a multiple of 5, but for the head office. All zeros pass every sum and belong to nobody.
 * Thread-safe. */
#include "base/arena.h"
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
/* Reads what a person typed, as it is seen (unicode_plain): a label before it ("SIRET :"), blanks, dots and dashes
 * between the digits are dropped. ERR_INVALID adds one error at `pointer` (`required` or `invalid_format`) with the
 * sentence that fits the mistake; `out` then is empty. A VAT number is one, since it names no establishment. */
MUST_CHECK enum err siret_parse(struct field_errors *errors, const char *pointer, const char *text,
                                char out[SIRET_TEXT_BYTES]);

/* The same for what may be missing: in the arena of `errors`, NULL where `text` is or after an error. */
const char *siret_read_optional(struct field_errors *errors, const char *pointer, const char *text);
/* What a person typed to find an organisation, read the same way: the digits of a SIREN, of a SIRET or of the beginning
 * of one, in the arena; of a VAT number ("FR40 130025265": FR, a key, a SIREN) its SIREN. NULL for anything else. */
const char *siret_find_number(struct arena *arena, const char *text);

#endif
