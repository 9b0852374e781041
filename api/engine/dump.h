#ifndef GUICHET_ENGINE_DUMP_H
#define GUICHET_ENGINE_DUMP_H
/* Runs PostgreSQL's own programs (pg_dump, pg_restore, createdb, dropdb), alone or joined with others by pipes. Where
 * and as whom they connect goes through their environment, never through their arguments, which everybody on the
 * machine can see. Thread-safe. */
#include "base/arena.h"
#include "base/err.h"
#include <stddef.h>

/* Runs `arguments[0]`, found by PATH, to its end; the list ends with NULL. Its output goes to standard
 * error. `url`: libpq connection string; `database`: another database, NULL for that of `url`.
 * ERR_UNAVAILABLE where the program is missing, ERR_UPSTREAM where it fails. */
MUST_CHECK enum err dump_run(struct arena *arena, const char *url, const char *database,
                             const char *const *arguments);
/* Takes what a program wrote; anything but ERR_NONE ends it. */
typedef enum err (*dump_sink)(void *state, const char *bytes, size_t length);
/* Runs `producer` and gives its output, piece by piece, to `sink`; with `filter` (NULL: none), the output of that,
 * which reads the producer's. ERR_NONE once both ended well and all was taken; else as dump_run, or what `sink` gave.
 */
MUST_CHECK enum err dump_write(struct arena *arena, const char *url, const char *const *producer,
                               const char *const *filter, dump_sink sink, void *state);
/* Runs `consumer`, which reads the output of `source`; both have to end well. */
MUST_CHECK enum err dump_read(struct arena *arena, const char *url, const char *const *source,
                              const char *const *consumer);
/* The same connection to another database, as a connection string; NULL where `url` is none. */
const char *dump_url_of(struct arena *arena, const char *url, const char *database);

#endif
