#ifndef GUICHET_BASE_UNPACK_H
#define GUICHET_BASE_UNPACK_H
/* Reads a file: its content as it is, or unpacked where it is a gzip (RFC 1952) or a zip with one
 * file, told apart by their first bytes. In one pass and constant memory. One thread uses a reader. */
#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

struct unpack;

/* ERR_NOT_FOUND where the file cannot be opened, ERR_INVALID for a zip that cannot be read so
 * (encrypted, not deflated, of several files); `*reason` then is an English text (static). */
MUST_CHECK enum err unpack_open(const char *path, struct unpack **out, const char **reason);
void unpack_close(struct unpack *unpack); /* NULL does nothing */
/* Up to `room` bytes; `*length` is 0 at the end. ERR_INVALID where the file is cut or damaged,
 * ERR_UNAVAILABLE where the disk does not give it. */
MUST_CHECK enum err unpack_read(void *unpack, char *out, size_t room, size_t *length);
/* How much of the file was read, and its size: for a progress bar. */
int64_t unpack_position_bytes(const struct unpack *unpack);
/* How much of it was unpacked: less than what was read. */
int64_t unpack_used_bytes(const struct unpack *unpack);
int64_t unpack_size_bytes(const struct unpack *unpack);

#endif
