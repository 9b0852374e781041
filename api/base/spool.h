#ifndef GUICHET_BASE_SPOOL_H
#define GUICHET_BASE_SPOOL_H
/* Bytes that are too many for memory, in an unlinked temporary file: no other process can open it, and the kernel
 * removes it when the program ends. Written once, sequentially, then mapped and read; pages that are not read take no
 * memory. Not thread-safe. */
#include "base/err.h"
#include <stddef.h>
#include <sys/types.h>

struct spool;

/* Opens an empty file in this folder. ERR_UNAVAILABLE where that cannot be. */
MUST_CHECK enum err spool_new(const char *folder, struct spool **out);
/* Closes and frees; what spool_bytes gave is gone. NULL does nothing. */
void spool_free(struct spool *spool);
/* Appends. ERR_UNAVAILABLE where the disk is full. */
MUST_CHECK enum err spool_write(struct spool *spool, const void *bytes, size_t length);
size_t spool_length(const struct spool *spool);
/* Everything that was written, until spool_free; nothing may be appended any more. NULL where it cannot be
 * mapped; "" where nothing was written. */
const char *spool_bytes(struct spool *spool);
/* Up to `room` bytes from `offset` on, without mapping anything; -1 where the disk does not give them. */
ssize_t spool_read(const struct spool *spool, size_t offset, void *out, size_t room);
/* Gives back the memory of what was looked at; it is read from the file again when it is needed. */
void spool_rest(struct spool *spool);

#endif
