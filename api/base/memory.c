#include "base/memory.h"
#include <stdio.h>
#include <stdlib.h>

void *memory_alloc(size_t size) {
    void *piece = malloc(size);
    if (piece == NULL && size > 0) {
        memory_end();
    }
    return piece;
}

void *memory_realloc(void *piece, size_t size) {
    void *moved = realloc(piece, size);
    if (moved == NULL && size > 0) {
        memory_end();
    }
    return moved;
}

_Noreturn void memory_end(void) {
    static const char line[] = "{\"level\":\"error\",\"event\":\"out_of_memory\"}\n";
    (void)fwrite(line, 1, sizeof line - 1, stderr);
    abort();
}
