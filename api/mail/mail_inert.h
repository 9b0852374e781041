#ifndef GUICHET_MAIL_MAIL_INERT_H
#define GUICHET_MAIL_MAIL_INERT_H
/* What people typed, made inert for a mail: no program that shows it finds an address in it to turn into a
 * link, and it reorders nothing of the sentence around it. Thread-safe. */
#include "base/arena.h"

/* The text without controls of direction; with a word joiner, which nobody sees, behind each dot and colon that
 * could belong to an address; isolated (UAX 9) where it holds letters that are written from right to left. In the
 * arena; valid UTF-8 stays valid. */
const char *mail_inert(struct arena *arena, const char *text);

#endif
