#ifndef GUICHET_ENGINE_DUMP_H
#define GUICHET_ENGINE_DUMP_H
/* PostgreSQL's own programs (pg_dump, pg_restore, createdb, dropdb), run beside ours. Where and as
 * whom they connect goes through their environment, never through their arguments, which everybody
 * on the machine sees. */
#include "base/arena.h"
#include "base/err.h"

/* Runs `arguments[0]`, found by PATH, to its end; the list ends with NULL. What it says goes to
 * standard error. `url`: libpq connection string; `database` NULL keeps its own. ERR_UNAVAILABLE
 * where the program is missing, ERR_UPSTREAM where it fails. */
MUST_CHECK enum err dump_run(struct arena *arena, const char *url, const char *database,
                             const char *const *arguments);
/* The same connection to another database, as a connection string; NULL where `url` is none. */
const char *dump_url_of(struct arena *arena, const char *url, const char *database);

#endif
