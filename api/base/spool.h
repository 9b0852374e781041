#ifndef GUICHET_BASE_SPOOL_H
#define GUICHET_BASE_SPOOL_H
/* Bytes that are too many for memory, in a file without a name: nobody else can open it, and it is gone with
 * the program. Written once from begin to end, then read in one piece that costs no memory of ours while it
 * is not looked at. One thread uses a spool. */
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
