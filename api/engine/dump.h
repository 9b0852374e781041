#ifndef GUICHET_ENGINE_DUMP_H
#define GUICHET_ENGINE_DUMP_H
/* Runs PostgreSQL's own programs (pg_dump, pg_restore, createdb, dropdb). Where and as whom they
 * connect goes through their environment, never through their arguments, which everybody on the
 * machine can see. Thread-safe. */
#include "base/arena.h"
#include "base/err.h"

/* Runs `arguments[0]`, found by PATH, to its end; the list ends with NULL. Its output goes to standard
 * error. `url`: libpq connection string; `database`: another database, NULL for that of `url`.
 * ERR_UNAVAILABLE where the program is missing, ERR_UPSTREAM where it fails. */
MUST_CHECK enum err dump_run(struct arena *arena, const char *url, const char *database,
                             const char *const *arguments);
/* The same connection to another database, as a connection string; NULL where `url` is none. */
const char *dump_url_of(struct arena *arena, const char *url, const char *database);

#endif
