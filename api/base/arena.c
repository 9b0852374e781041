#include "base/arena.h"
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ONE_BY_ONE 1 /* each piece its own block, so that the sanitizer sees an overrun */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define ONE_BY_ONE 1
#endif
#endif
#ifndef ONE_BY_ONE
#define ONE_BY_ONE 0
#endif

enum { FIRST_BLOCK_BYTES = 4096, LARGEST_BLOCK_BYTES = 256 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t capacity;
    size_t used;
    alignas(max_align_t) unsigned char bytes[];
};

void arena_init(struct arena *arena) {
    *arena = (struct arena){0};
}

void arena_clear(struct arena *arena) {
    struct arena_block *block = arena->blocks;
    while (block != NULL) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
    arena_init(arena);
}

static _Noreturn void out_of_memory(void) {
    static const char line[] = "{\"level\":\"error\",\"event\":\"out_of_memory\"}\n";
    (void)fwrite(line, 1, sizeof line - 1, stderr);
    abort();
}

static struct arena_block *block_add(struct arena *arena, size_t needed) {
    size_t capacity = needed;
    if (!ONE_BY_ONE) {
        capacity = arena->blocks == NULL ? FIRST_BLOCK_BYTES : arena->blocks->capacity * 2;
        if (capacity > LARGEST_BLOCK_BYTES) {
            capacity = LARGEST_BLOCK_BYTES;
        }
        if (capacity < needed) {
            capacity = needed;
        }
    }
    if (capacity > SIZE_MAX - sizeof(struct arena_block)) {
        out_of_memory();
    }
    struct arena_block *block = malloc(sizeof *block + capacity);
    if (block == NULL) {
        out_of_memory();
    }
    block->next = arena->blocks;
    block->capacity = capacity;
    block->used = 0;
    arena->blocks = block;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size) {
    const size_t unit = alignof(max_align_t);
    if (size > SIZE_MAX - unit) {
        out_of_memory();
    }
    const size_t wanted = ONE_BY_ONE ? (size == 0 ? 1 : size) : (size + unit - 1) / unit * unit;
    struct arena_block *block = arena->blocks;
    if (ONE_BY_ONE || block == NULL || block->capacity - block->used < wanted) {
        block = block_add(arena, wanted);
    }
    void *piece = block->bytes + block->used;
    block->used += wanted;
    arena->used_bytes += wanted;
    return memset(piece, 0, wanted);
}

char *arena_strndup(struct arena *arena, const char *text, size_t length) {
    char *copy = arena_alloc(arena, length + 1);
    if (length > 0) {
        memcpy(copy, text, length);
    }
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text) {
    return arena_strndup(arena, text, strlen(text));
}

char *arena_vprintf(struct arena *arena, const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    const int length = vsnprintf(NULL, 0, format, arguments);
    if (length < 0) {
        va_end(again);
        return arena_strdup(arena, "");
    }
    char *text = arena_alloc(arena, (size_t)length + 1);
    (void)vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

char *arena_printf(struct arena *arena, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = arena_vprintf(arena, format, arguments);
    va_end(arguments);
    return text;
}
