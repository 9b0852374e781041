#ifndef GUICHET_GATEWAY_PROVIDER_TEMPLATE_H
#define GUICHET_GATEWAY_PROVIDER_TEMPLATE_H
/* A text with {{name}} placeholders, parsed once, so that filling it copies its pieces. Immutable, so
 * thread-safe. */
#include "base/arena.h"
#include <stdbool.h>
#include <stddef.h>

struct template_piece {
    const char *text;
    size_t length;
    const char *name; /* of the placeholder; NULL: literal text */
};

struct template {
    const struct template_piece *pieces;
    size_t count;
};

/* The value of a name; NULL where it is unknown. */
typedef const char *(*template_look_up)(void *state, const char *name);

/* Parses `text`, which the template borrows. Replaces the names that `constants` knows. */
void template_compile(struct arena *arena, const char *text, template_look_up constants,
                      void *state, struct template *out);
/* The first name that `look_up` does not know; NULL without. */
const char *template_find_unknown(const struct template *template, template_look_up look_up,
                                  void *state);
/* The filled text, in the arena. Unknown names become empty. */
const char *template_render(const struct template *template, struct arena *arena,
                            template_look_up look_up, void *state, size_t *length);

#endif
