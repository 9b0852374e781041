#ifndef GUICHET_ENGINE_MIGRATE_H
#define GUICHET_ENGINE_MIGRATE_H
/* Brings a database to the newest form: each migration once, in a transaction with its checksum
 * recorded, under one advisory lock (of five at once, one migrates); then functions and policies whose
 * text is not the one applied last; then roles.sql. Thread-safe. */
#include "base/err.h"
#include "engine/pool.h"
#include <stdbool.h>
#include <stddef.h>

struct migrate_report {
    size_t applied;    /* migrations, functions and policies run by this call */
    int version;       /* newest version now in the database */
    char message[512]; /* what went wrong; "" when nothing did */
};

/* `owner_url` connects as the owner of the database. ERR_CONFLICT where a migration that was applied
 * has another text now. */
MUST_CHECK enum err migrate_run(const char *owner_url, struct migrate_report *report);
/* True in `*current` when the database has exactly the migrations of this program, and had its functions
 * and policies. */
MUST_CHECK enum err migrate_check(const char *url, bool *current);
/* Checks in one round trip: ERR_UNAVAILABLE while the database does not answer, ERR_CONFLICT while it
 * lacks the newest migration of this program, or its functions and policies. It may be ahead: an
 * instance of a newer version migrated it. */
MUST_CHECK enum err migrate_check_ready(struct pool *pool);

#endif
