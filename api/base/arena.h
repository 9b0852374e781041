#ifndef GUICHET_BASE_ARENA_H
#define GUICHET_BASE_ARENA_H
/* Memory that lives as long as one request or one job: allocated piece by piece, freed together. A
 * function with an arena parameter returns something that lives as long as the arena. One thread uses
 * an arena. Without memory the process ends (memory.h). */
#include <stdarg.h>
#include <stddef.h>

struct arena_block;
struct arena_cleanup;

struct arena {
    struct arena_block *blocks;
    struct arena_cleanup *cleanups;
    size_t used_bytes; /* allocated since arena_init or arena_clear */
};

void arena_init(struct arena *arena);
/* Overwrites and frees everything; the arena may be used again. */
void arena_clear(struct arena *arena);
/* Has `release` called with `thing` when the arena is cleared: for what others allocate but lives as long
 * as the arena. The last one first; `release` must not use the arena. */
void arena_on_clear(struct arena *arena, void (*release)(void *thing), void *thing);
/* Zeroed memory, aligned for any type. Never NULL. */
void *arena_alloc(struct arena *arena, size_t size);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc((arena), sizeof(type) * (count)))

static inline void arena_auto_(struct arena *arena) {
    arena_clear(arena);
}
/* An arena of a scope: `ARENA_AUTO(arena);` is cleared where the scope ends. */
#define ARENA_AUTO(name)                                                                           \
    __attribute__((cleanup(arena_auto_))) struct arena name;                                       \
    arena_init(&name)

#endif
