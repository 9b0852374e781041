#ifndef GUICHET_CORE_SEARCH_H
#define GUICHET_CORE_SEARCH_H
/* What people type to search a list. Thread-safe. */
#include "base/field_errors.h"
#include <stdbool.h>

/* True where the words can be looked up: 1 to 255 characters, three letters or digits in a row at least. Fewer would
 * read every row. Else an error at `pointer`; `words` of NULL, a list that is not searched, is right. */
bool search_check_words(struct field_errors *errors, const char *pointer, const char *words);

/* The same where requests are searched: the number of a request or habilitation alone (D7, H12) is right as well,
 * since it is looked up as a number (search_numbers in SQL). */
bool search_check_request_words(struct field_errors *errors, const char *pointer,
                                const char *words);

#endif
