#include "base/file.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

static enum err read_open_file(struct arena *arena, FILE *file, size_t limit, char **content,
                               size_t *length) {
    struct stat about;
    if (fstat(fileno(file), &about) != 0 || !S_ISREG(about.st_mode) ||
        fseek(file, 0, SEEK_END) != 0) {
        return ERR_NOT_FOUND;
    }
    const long size = ftell(file);
    if (size < 0 || fseek(file, 0, SEEK_SET) != 0) {
        return ERR_NOT_FOUND;
    }
    if ((size_t)size > limit) {
        return ERR_TOO_LARGE;
    }
    *content = arena_alloc(arena, (size_t)size + 1);
    *length = fread(*content, 1, (size_t)size, file);
    return *length == (size_t)size ? ERR_NONE : ERR_NOT_FOUND;
}

enum err file_read(struct arena *arena, const char *path, size_t limit, char **content,
                   size_t *length) {
    /* O_NONBLOCK: a pipe, which is no file, would wait for a writer. */
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "r");
    if (file == NULL) {
        return ERR_NOT_FOUND;
    }
    const enum err err = read_open_file(arena, file, limit, content, length);
    (void)fclose(file);
    return err;
}
