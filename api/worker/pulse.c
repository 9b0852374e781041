#include "worker/pulse.h"
#include "base/arena.h"
#include "base/clock.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MODE = 0600, MS = 1000 };

static const char *path_of(struct arena *arena, const char *data_dir) {
    return arena_printf(arena, "%s/worker.pulse", data_dir);
}

void pulse_beat(const char *data_dir) {
    ARENA_AUTO(arena);
    const int file =
        open(path_of(&arena, data_dir), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, MODE);
    if (file >= 0) {
        (void)futimens(file, NULL);
        (void)close(file);
    }
}

void pulse_forget(const char *data_dir) {
    ARENA_AUTO(arena);
    (void)unlink(path_of(&arena, data_dir));
}

int64_t pulse_get_age_s(const char *data_dir) {
    ARENA_AUTO(arena);
    struct stat found;
    if (stat(path_of(&arena, data_dir), &found) != 0) {
        return -1;
    }
    const int64_t age_s = clock_now_ms() / MS - (int64_t)found.st_mtime;
    return age_s > 0 ? age_s : 0;
}
