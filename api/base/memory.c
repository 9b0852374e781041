#include "base/memory.h"
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *memory_alloc(size_t size) {
    void *piece = malloc(size > 0 ? size : 1);
    if (piece == NULL) {
        memory_exhausted();
    }
    return piece;
}

void *memory_alloc_zeroed(size_t size) {
    void *piece = calloc(1, size > 0 ? size : 1);
    if (piece == NULL) {
        memory_exhausted();
    }
    return piece;
}

/* realloc would leave the former bytes behind. */
void *memory_realloc(void *piece, size_t size) {
    const size_t former = malloc_usable_size(piece);
    if (piece != NULL && size > 0 && size <= former && size >= former / 2) {
        return piece;
    }
    void *moved = memory_alloc(size);
    if (piece != NULL) {
        memcpy(moved, piece, former < size ? former : size);
    }
    memory_free(piece);
    return moved;
}

void memory_free(void *piece) {
    if (piece != NULL) {
        explicit_bzero(piece, malloc_usable_size(piece));
        free(piece);
    }
}

_Noreturn void memory_exhausted(void) {
    static const char line[] = "{\"level\":\"error\",\"event\":\"out_of_memory\"}\n";
    (void)fwrite(line, 1, sizeof line - 1, stderr);
    abort();
}
