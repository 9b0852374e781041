/* Preloaded into a program: the n-th allocation from now finds no memory, n being what
 * FAILING_MALLOC_FILE holds (a 64-bit integer, counted down in place; zero or less: none fails). The
 * way to it is shown on standard error. */
#define _GNU_SOURCE
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* glibc's own, under the names that a preloaded malloc leaves free. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *piece, size_t size);

enum { FRAMES = 24 };

static _Atomic int64_t *left;

__attribute__((constructor)) static void open_count(void) {
    const char *path = getenv("FAILING_MALLOC_FILE");
    const int file = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
    if (file >= 0) {
        void *page = mmap(NULL, sizeof *left, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        left = page == MAP_FAILED ? NULL : page;
        (void)close(file);
    }
    void *frames[1];
    (void)backtrace(frames, 1); /* its first call allocates */
}

static int fails(void) {
    if (left == NULL || atomic_load(left) <= 0 || atomic_fetch_sub(left, 1) != 1) {
        return 0;
    }
    void *frames[FRAMES];
    backtrace_symbols_fd(frames, backtrace(frames, FRAMES), STDERR_FILENO);
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size) {
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *piece, size_t size) {
    return fails() ? NULL : __libc_realloc(piece, size);
}
