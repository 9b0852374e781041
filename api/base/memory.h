#ifndef GUICHET_BASE_MEMORY_H
#define GUICHET_BASE_MEMORY_H
/* Memory for libraries that do not look at what they allocate, or that take its lack for a mistake of
 * the caller: there is some, or the process ends. Given to them before threads start. Thread-safe. */
#include <stddef.h>

/* As malloc, calloc and realloc; never NULL. */
void *memory_alloc(size_t size);
void *memory_alloc_zeroed(size_t size);
void *memory_realloc(void *piece, size_t size);
/* As free. What was there is overwritten: bodies and JSON hold passwords. */
void memory_free(void *piece);
/* Says so in the log and ends the process, because no handler can do better than a restart by its
 * supervisor. */
_Noreturn void memory_end(void);

#endif
