#include "base/buf.h"
#include "base/text.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *buf, struct arena *arena, size_t limit) {
    *buf = (struct buf){.arena = arena, .limit = limit};
}

void buf_clear(struct buf *buf) {
    if (buf->arena == NULL) {
        free(buf->bytes);
    }
    buf_init(buf, buf->arena, buf->limit);
}

static bool buf_reserve(struct buf *buf, size_t more) {
    if (buf->overflowed || more > buf->limit - buf->length) {
        buf->overflowed = true;
        return false;
    }
    const size_t needed = buf->length + more + 1;
    if (needed <= buf->capacity) {
        return true;
    }
    size_t capacity = buf->capacity == 0 ? 256 : buf->capacity;
    while (capacity < needed) {
        capacity *= 2;
    }
    char *bytes =
        buf->arena != NULL ? arena_alloc(buf->arena, capacity) : realloc(buf->bytes, capacity);
    if (bytes == NULL) {
        buf->overflowed = true;
        return false;
    }
    if (buf->arena != NULL && buf->length > 0) {
        memcpy(bytes, buf->bytes, buf->length);
    }
    buf->bytes = bytes;
    buf->capacity = capacity;
    buf->bytes[buf->length] = '\0';
    return true;
}

void buf_append(struct buf *buf, const void *bytes, size_t length) {
    if (length == 0 || !buf_reserve(buf, length)) {
        return;
    }
    memcpy(buf->bytes + buf->length, bytes, length);
    buf->length += length;
    buf->bytes[buf->length] = '\0';
}

void buf_puts(struct buf *buf, const char *text) {
    buf_append(buf, text, strlen(text));
}

void buf_put_integer(struct buf *buf, int64_t number) {
    char digits[TEXT_INTEGER_BYTES];
    const size_t length = text_write_integer(digits, number);
    buf_append(buf, digits, length);
}

void buf_putc(struct buf *buf, char c) {
    buf_append(buf, &c, 1);
}

void buf_printf(struct buf *buf, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    const size_t room = buf->overflowed ? 0 : buf->capacity - buf->length;
    char *end = room > 0 ? buf->bytes + buf->length : NULL;
    const int printed = vsnprintf(end, room, format, arguments);
    va_end(arguments);
    const size_t length = printed < 0 ? 0 : (size_t)printed;
    if (buf_reserve(buf, length)) {
        if (length >= room) {
            (void)vsnprintf(buf->bytes + buf->length, length + 1, format, again);
        }
        buf->length += length;
    }
    if (buf->bytes != NULL) {
        buf->bytes[buf->length] = '\0'; /* also where what was printed did not fit */
    }
    va_end(again);
}

const char *buf_text(const struct buf *buf) {
    return buf->bytes == NULL ? "" : buf->bytes;
}
