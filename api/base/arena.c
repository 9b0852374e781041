#include "base/arena.h"
#include "base/memory.h"
#include <pthread.h>
#include <stdalign.h>
#include <stdbool.h>
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

enum {
    FIRST_BLOCK_BYTES = 4096,
    LARGEST_BLOCK_BYTES = 256 * 1024,
    KEPT_BLOCK_BYTES_MAX = 16 * 1024,
    KEPT_BYTES_MAX = 32 * 1024, /* by each thread */
    SHORT_TEXT_BYTES = 256,     /* most texts are short: they are formatted once, not twice */
};

struct arena_block {
    struct arena_block *next;
    size_t capacity;
    size_t used;
    alignas(max_align_t) unsigned char bytes[];
};

/* Blocks that a thread keeps for its next arena, so that a request does not call the allocator. Freed
 * with the thread. */
struct kept {
    struct arena_block *blocks;
    size_t bytes;
};

static _Thread_local struct kept kept;
static pthread_key_t kept_key; /* only for the destructor at the end of a thread */
static pthread_once_t kept_once = PTHREAD_ONCE_INIT;

static void free_blocks(struct arena_block *block) {
    while (block != NULL) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
}

static void thread_ended(void *state) {
    struct kept *own = state;
    free_blocks(own->blocks);
    *own = (struct kept){0};
}

static void make_key(void) {
    if (pthread_key_create(&kept_key, thread_ended) != 0) {
        abort(); /* at the first request: never are 1,024 keys in use here */
    }
}

static bool keep(struct arena_block *block) {
    if (ONE_BY_ONE || block->capacity > KEPT_BLOCK_BYTES_MAX ||
        kept.bytes + block->capacity > KEPT_BYTES_MAX) {
        return false;
    }
    if (kept.blocks == NULL) {
        (void)pthread_once(&kept_once, make_key);
        if (pthread_setspecific(kept_key, &kept) != 0) {
            return false;
        }
    }
    kept.bytes += block->capacity;
    block->next = kept.blocks;
    kept.blocks = block;
    return true;
}

/* NULL where no kept block is large enough. */
static struct arena_block *take_kept(size_t capacity) {
    for (struct arena_block **link = &kept.blocks; *link != NULL; link = &(*link)->next) {
        struct arena_block *block = *link;
        if (block->capacity >= capacity) {
            *link = block->next;
            kept.bytes -= block->capacity;
            return block;
        }
    }
    return NULL;
}

void arena_init(struct arena *arena) {
    *arena = (struct arena){0};
}

struct arena_cleanup {
    struct arena_cleanup *next;
    void (*release)(void *thing);
    void *thing;
};

void arena_on_clear(struct arena *arena, void (*release)(void *thing), void *thing) {
    struct arena_cleanup *cleanup = ARENA_NEW(arena, struct arena_cleanup);
    *cleanup = (struct arena_cleanup){arena->cleanups, release, thing};
    arena->cleanups = cleanup;
}

void arena_clear(struct arena *arena) {
    for (struct arena_cleanup *cleanup = arena->cleanups; cleanup != NULL;
         cleanup = cleanup->next) {
        cleanup->release(cleanup->thing);
    }
    struct arena_block *block = arena->blocks;
    arena_init(arena);
    while (block != NULL) {
        struct arena_block *next = block->next;
        explicit_bzero(block->bytes,
                       block->used); /* overwrites passwords, tokens and personal data */
        if (!keep(block)) {
            free(block);
        }
        block = next;
    }
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
        memory_exhausted();
    }
    struct arena_block *block = take_kept(capacity);
    if (block == NULL) {
        block = memory_alloc_zeroed(sizeof *block + capacity);
        block->capacity = capacity;
    }
    block->next = arena->blocks;
    block->used = 0;
    arena->blocks = block;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size) {
    const size_t unit = alignof(max_align_t);
    if (size > SIZE_MAX - unit) {
        memory_exhausted();
    }
    const size_t wanted = ONE_BY_ONE ? (size == 0 ? 1 : size) : (size + unit - 1) / unit * unit;
    struct arena_block *block = ONE_BY_ONE ? NULL : arena->blocks;
    if (block == NULL || block->capacity - block->used < wanted) {
        block = block_add(arena, wanted);
    }
    void *piece = block->bytes + block->used;
    block->used += wanted;
    arena->used_bytes += wanted;
    return piece; /* a block is zeroed when it is new, and when an arena that used it is cleared */
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
    char most[SHORT_TEXT_BYTES];
    va_list again;
    va_copy(again, arguments);
    const int printed = vsnprintf(most, sizeof most, format, arguments);
    const size_t length = printed < 0 ? 0 : (size_t)printed;
    char *text = arena_alloc(arena, length + 1);
    if (length < sizeof most) {
        memcpy(text, most, length);
    } else {
        (void)vsnprintf(text, length + 1, format, again);
    }
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
