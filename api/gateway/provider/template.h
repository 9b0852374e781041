#ifndef GUICHET_GATEWAY_PROVIDER_TEMPLATE_H
#define GUICHET_GATEWAY_PROVIDER_TEMPLATE_H
/* A text cut once at its {{name}}, so that filling it is a copy of pieces. Immutable, so shared by
 * all threads. */
#include "base/arena.h"
#include <stdbool.h>
#include <stddef.h>

struct template_piece {
    const char *text;
    size_t length;
    const char *name; /* NULL: the text itself; else what stands here */
};

struct template {
    const struct template_piece *pieces;
    size_t count;
};

/* The value that stands for a name; NULL where the name is unknown. */
typedef const char *(*template_look_up)(void *state, const char *name);

/* Cuts `text`, which the template borrows. Names that `constants` knows are filled at once. */
void template_compile(struct arena *arena, const char *text, template_look_up constants,
                      void *state, struct template *out);
/* The first name that `look_up` does not know; NULL where it knows all. */
const char *template_find_unknown(const struct template *template, template_look_up look_up,
                                  void *state);
/* The filled text in the arena; unknown names give nothing. */
const char *template_render(const struct template *template, struct arena *arena,
                            template_look_up look_up, void *state, size_t *length);

#endif
