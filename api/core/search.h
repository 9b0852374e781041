#ifndef GUICHET_CORE_SEARCH_H
#define GUICHET_CORE_SEARCH_H
/* What people type to search a list. Thread-safe. */
#include "base/field_errors.h"
#include <stdbool.h>

/* The words as they are looked up, in the arena of `errors`: as they are seen (unicode_plain); an address, a SIRET, SIREN
 * or VAT number and a telephone number, where one of them is the whole text, by its key; domains as people read them.
 * NULL where there are none, or after an error at `pointer`: 1 to 255 characters, three letters or digits in a row at
 * least; fewer would read every row. */
const char *search_read_words(struct field_errors *errors, const char *pointer, const char *words);
/* The same where requests are searched: the number of a request or habilitation alone (D7, H12) is right as well,
 * since it is looked up as a number (search_numbers in SQL). */
const char *search_read_request_words(struct field_errors *errors, const char *pointer,
                                      const char *words);

#endif
