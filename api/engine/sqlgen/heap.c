#include "engine/sqlgen/sqlgen.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef __clang__
/* gcc 12 loses sight of a block that only the list points to. */
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

struct heap_block {
    struct heap_block *next;
    max_align_t data[];
};

void *heap_alloc(struct heap *heap, size_t size) {
    struct heap_block *block = calloc(1, sizeof *block + size);
    if (block == NULL) {
        (void)fprintf(stderr, "sqlgen: out of memory\n");
        exit(1);
    }
    block->next = heap->blocks;
    heap->blocks = block;
    return block->data;
}

char *heap_strndup(struct heap *heap, const char *text, size_t length) {
    char *copy = heap_alloc(heap, length + 1);
    memcpy(copy, text, length);
    return copy;
}

__attribute__((format(printf, 2, 0))) static char *print(struct heap *heap, const char *format,
                                                         va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    const int length = vsnprintf(NULL, 0, format, arguments);
    char *text = heap_alloc(heap, (size_t)length + 1);
    (void)vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

char *heap_printf(struct heap *heap, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = print(heap, format, arguments);
    va_end(arguments);
    return text;
}

void heap_free(struct heap *heap) {
    while (heap->blocks != NULL) {
        struct heap_block *next = heap->blocks->next;
        free(heap->blocks);
        heap->blocks = next;
    }
}

static void append(struct out *out, const char *text, size_t length) {
    if (out->length + length + 1 > out->capacity) {
        const size_t capacity = (out->length + length + 1) * 2;
        char *larger = heap_alloc(out->heap, capacity);
        if (out->text != NULL) {
            memcpy(larger, out->text, out->length);
        }
        out->text = larger;
        out->capacity = capacity;
    }
    memcpy(out->text + out->length, text, length);
    out->length += length;
    out->text[out->length] = '\0';
}

__attribute__((format(printf, 2, 0))) static void
append_printed(struct out *out, const char *format, va_list arguments) {
    const char *text = print(out->heap, format, arguments);
    append(out, text, strlen(text));
}

void out_printf(struct out *out, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    append_printed(out, format, arguments);
    va_end(arguments);
}

void out_literal(struct out *out, const char *text) {
    append(out, "\"", 1);
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\n') {
            append(out, at[1] != '\0' ? "\\n\"\n    \"" : "\\n", at[1] != '\0' ? 9 : 2);
        } else if (iscntrl((unsigned char)*at)) {
            out_printf(out, "\\%03o", (unsigned)*at);
        } else {
            if (*at == '"' || *at == '\\' || *at == '?') { /* `?`: no trigraphs */
                append(out, "\\", 1);
            }
            append(out, at, 1);
        }
    }
    append(out, "\"", 1);
}

void out_upper(struct out *out, const char *text) {
    for (; *text != '\0'; text++) {
        const char upper = (char)toupper((unsigned char)*text);
        append(out, &upper, 1);
    }
}

void mistake(struct mistakes *mistakes, const char *path, int line, const char *format, ...) {
    va_list arguments;
    out_printf(&mistakes->text, "%s:%d: ", path, line);
    va_start(arguments, format);
    append_printed(&mistakes->text, format, arguments);
    va_end(arguments);
    append(&mistakes->text, "\n", 1);
    mistakes->count++;
}
