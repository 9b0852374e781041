#ifndef GUICHET_BASE_MEMORY_H
#define GUICHET_BASE_MEMORY_H
/* Allocation for libraries that do not check what they allocate, or report a lack of memory as a
 * mistake of the caller: it succeeds or the process ends. Passed to the libraries before threads
 * start. Thread-safe. */
#include <stddef.h>

/* As malloc, calloc and realloc; never NULL. */
void *memory_alloc(size_t size);
void *memory_alloc_zeroed(size_t size);
void *memory_realloc(void *piece, size_t size);
/* As free, overwriting the bytes first: bodies and JSON contain passwords. */
void memory_free(void *piece);
/* Logs the lack of memory and ends the process, because no handler can do better than a restart by the
 * supervisor. */
_Noreturn void memory_exhausted(void);

#endif
