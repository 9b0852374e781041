#ifndef GUICHET_MAIL_MAIL_FILE_H
#define GUICHET_MAIL_MAIL_FILE_H
#include "base/arena.h"
#include "base/err.h"
#include <stdint.h>

/* Writes a message as <data_dir>/mail/<time>-<id>.eml: whole or not at all, readable by its owner
 * alone, on disk when this returns. Names sort by time. ERR_UNAVAILABLE where the folder cannot be
 * written; `*reason` then says why. Thread-safe. */
MUST_CHECK enum err mail_file_write(struct arena *arena, const char *data_dir, const char *id,
                                    int64_t now_ms, const char *message, const char **reason);

#endif
