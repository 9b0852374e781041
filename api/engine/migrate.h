#ifndef GUICHET_ENGINE_MIGRATE_H
#define GUICHET_ENGINE_MIGRATE_H
/* Brings a database to the newest form: each migration once, in a transaction with its checksum
 * recorded, under one advisory lock (of five at once, one migrates); then functions and policies whose
 * text is not the one applied last; then roles.sql. Thread-safe. */
#include "base/err.h"
#include "engine/pool.h"
#include <stdbool.h>
#include <stddef.h>

enum { MIGRATE_TRIES = 30 };

struct migrate_report {
    size_t tries;      /* as given */
    size_t applied;    /* migrations, functions and policies run by this call */
    int version;       /* newest version now in the database */
    bool is_locked;    /* the last text waited for a table in vain */
    char message[512]; /* what went wrong; "" when nothing did */
};

/* `owner_url` connects as the owner of the database. A table is waited for 2 s, so that a long reader blocks nobody
 * through this; `tries` (MIGRATE_TRIES) times for each text, a second apart, then ERR_UNAVAILABLE. ERR_CONFLICT where
 * a migration that was applied has another text now. */
MUST_CHECK enum err migrate_run(const char *owner_url, size_t tries, struct migrate_report *report);
/* True in `*current` when the database has exactly the migrations of this program, and had its functions
 * and policies. */
MUST_CHECK enum err migrate_check(const char *url, bool *current);
/* Checks in one round trip: ERR_UNAVAILABLE while the database does not answer, ERR_CONFLICT while it
 * lacks the newest migration of this program, or its functions and policies. It may be ahead: an
 * instance of a newer version migrated it. */
MUST_CHECK enum err migrate_check_ready(struct pool *pool);

#endif
