#ifndef GUICHET_BASE_FILE_H
#define GUICHET_BASE_FILE_H
/* Reads whole files, at start. Thread-safe. */
#include "base/arena.h"
#include "base/err.h"
#include <stddef.h>

/* The content in the arena, with a NUL behind it. ERR_NOT_FOUND where it cannot be opened or read,
 * ERR_TOO_LARGE past `limit` bytes. */
MUST_CHECK enum err file_read(struct arena *arena, const char *path, size_t limit, char **content,
                              size_t *length);

#endif
