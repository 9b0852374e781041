#ifndef GUICHET_BASE_BUF_H
#define GUICHET_BASE_BUF_H
/* A growing text with a limit. The bytes live in an arena or, without one, on the heap. Past the limit
 * the buffer keeps what it has and `overflowed` is set: append any number of times, test once at the
 * end. Always NUL-terminated. One thread uses a buffer. */
#include "base/arena.h"
#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

struct buf {
    struct arena *arena; /* NULL: heap, freed by buf_clear */
    char *bytes;
    size_t length;
    size_t capacity;
    size_t limit;
    bool overflowed;
};

/* `limit`: the maximum of bytes, without the final NUL. */
void buf_init(struct buf *buf, struct arena *arena, size_t limit);
void buf_clear(struct buf *buf);
void buf_append(struct buf *buf, const void *bytes, size_t length);
void buf_puts(struct buf *buf, const char *text);
void buf_putc(struct buf *buf, char c);
/* Appends in decimal: as "%lld" does, in a tenth of the time. */
void buf_put_integer(struct buf *buf, int64_t number);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The text; "" when nothing was written. Owned by the buffer. */
const char *buf_text(const struct buf *buf);

#endif
