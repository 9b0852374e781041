#ifndef GUICHET_BASE_UNICODE_H
#define GUICHET_BASE_UNICODE_H
/* One form for what people type in several (Unicode Standard Annex 15), by libunistring. Thread-safe. */
#include "base/arena.h"

/* The text with its accents composed (NFC), in the arena; as it came where it is not valid UTF-8. */
const char *unicode_compose(struct arena *arena, const char *text);
/* What can be seen of a short text, in the arena: compatibility forms as their plain letters (NFKC, so full-width ones
 * too), digits of every script as ASCII, no invisible character (Default_Ignorable_Code_Point: zero-width ones, marks of
 * direction, soft hyphens), one space for any run of blanks and none at the ends. As it came where it is not valid UTF-8. */
const char *unicode_plain(struct arena *arena, const char *text);
/* The same of a number that people type in groups: every dash (property Dash) is "-" too. */
const char *unicode_plain_number(struct arena *arena, const char *text);
/* The text without what cannot be seen (Default_Ignorable_Code_Point) but the joiners of scripts that need them (U+200C,
 * U+200D), composed, in the arena: blanks and letters stay as they were typed. As it came where it is not valid UTF-8. */
const char *unicode_visible(struct arena *arena, const char *text);

#endif
