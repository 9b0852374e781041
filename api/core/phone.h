#ifndef GUICHET_CORE_PHONE_H
#define GUICHET_CORE_PHONE_H
/* Telephone numbers (ITU-T E.164, the French numbering plan). Thread-safe. */
#include "base/arena.h"
#include <stdbool.h>

struct phone {
    const char *shown; /* as typed, without what is not seen (unicode_plain) */
    const char *
        key; /* how two spellings are known to be one: "+33123456789"; a number of an unknown country keeps its
                          digits alone */
};

/* An optional + or 00 and a country, or a national number, 7 to 15 digits in all, with blanks, dots, dashes, slashes and
 * brackets between them; "(0)" behind a country is not dialled. A number of ten digits that begins with 0 is French, of
 * an overseas department by its first four. False for anything else. `out` is in the arena. */
bool phone_parse(struct arena *arena, const char *text, struct phone *out);

#endif
