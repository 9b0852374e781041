#include "mail/mail_file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static bool write_all(int file, const char *text) {
    size_t left = strlen(text);
    while (left > 0) {
        const ssize_t written = write(file, text, left);
        if (written < 0 && errno != EINTR) {
            return false;
        }
        text += written < 0 ? 0 : written;
        left -= written < 0 ? 0 : (size_t)written;
    }
    return fsync(file) == 0;
}

static bool write_file(const char *path, const char *text) {
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) {
        return false;
    }
    const bool written = write_all(file, text);
    return close(file) == 0 && written;
}

enum err mail_file_write(struct arena *arena, const char *data_dir, const char *id, int64_t now_ms,
                         const char *message, const char **reason) {
    const char *folder = arena_printf(arena, "%s/mail", data_dir);
    const time_t seconds = (time_t)(now_ms / 1000);
    struct tm utc;
    char time_text[32];
    (void)gmtime_r(&seconds, &utc);
    (void)strftime(time_text, sizeof time_text, "%Y%m%dT%H%M%S", &utc);
    const char *aside = arena_printf(arena, "%s/.%s.part", folder, id);
    const char *path =
        arena_printf(arena, "%s/%s%03dZ-%s.eml", folder, time_text, (int)(now_ms % 1000), id);
    if ((mkdir(folder, 0700) != 0 && errno != EEXIST) || !write_file(aside, message) ||
        rename(aside, path) != 0) {
        *reason = arena_printf(arena, "mail folder: %s", strerror(errno));
        return ERR_UNAVAILABLE;
    }
    return ERR_NONE;
}
