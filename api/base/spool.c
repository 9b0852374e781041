#include "base/spool.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct spool {
    int file;
    size_t length;
    void *mapped; /* NULL: not yet */
};

/* For file systems that know no file without a name. */
static int open_named(const char *folder) {
    char path[PATH_MAX];
    const int length = snprintf(path, sizeof path, "%s/.spool-XXXXXX", folder);
    if (length < 0 || (size_t)length >= sizeof path) {
        return -1;
    }
    const int file = mkostemp(path, O_CLOEXEC);
    if (file >= 0) {
        (void)unlink(path);
    }
    return file;
}

enum err spool_new(const char *folder, struct spool **out) {
    int file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file < 0) {
        file = open_named(folder);
    }
    struct spool *spool = file < 0 ? NULL : calloc(1, sizeof *spool);
    if (spool == NULL) {
        if (file >= 0) {
            (void)close(file);
        }
        return ERR_UNAVAILABLE;
    }
    spool->file = file;
    *out = spool;
    return ERR_NONE;
}

void spool_free(struct spool *spool) {
    if (spool == NULL) {
        return;
    }
    if (spool->mapped != NULL) {
        (void)munmap(spool->mapped, spool->length);
    }
    (void)close(spool->file);
    free(spool);
}

enum err spool_write(struct spool *spool, const void *bytes, size_t length) {
    const char *at = bytes;
    while (length > 0) {
        const ssize_t written = write(spool->file, at, length);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return ERR_UNAVAILABLE;
        }
        at += written;
        length -= (size_t)written;
        spool->length += (size_t)written;
    }
    return ERR_NONE;
}

size_t spool_length(const struct spool *spool) {
    return spool->length;
}

const char *spool_bytes(struct spool *spool) {
    if (spool->length == 0) {
        return "";
    }
    if (spool->mapped == NULL) {
        void *mapped = mmap(NULL, spool->length, PROT_READ, MAP_PRIVATE, spool->file, 0);
        spool->mapped = mapped == MAP_FAILED ? NULL : mapped;
    }
    return spool->mapped;
}

ssize_t spool_read(const struct spool *spool, size_t offset, void *out, size_t room) {
    ssize_t got = 0;
    do {
        got = pread(spool->file, out, room, (off_t)offset);
    } while (got < 0 && errno == EINTR);
    return got;
}

void spool_rest(struct spool *spool) {
    if (spool->mapped != NULL) {
        (void)madvise(spool->mapped, spool->length, MADV_DONTNEED);
    }
}
