#ifndef GUICHET_ENGINE_MIGRATE_H
#define GUICHET_ENGINE_MIGRATE_H
/* Brings a database to the newest form: every migration once, each in a transaction of its own with
 * its checksum recorded, under one advisory lock (five at once run one); then the functions and
 * policies whose text is not the one applied last; then roles.sql. */
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
/* One round trip: ERR_UNAVAILABLE while the database is away, ERR_CONFLICT while it lacks the newest
 * migration of this program, or never had its functions and policies. It may be ahead: another instance of a newer version migrated it. */
MUST_CHECK enum err migrate_look(struct pool *pool);

#endif
