#ifndef GUICHET_CORE_BACKUP_H
#define GUICHET_CORE_BACKUP_H
/* Copies of the database and the proof that they are good. The master key is no part of a copy:
 * keep it elsewhere, or the copy opens nothing. */
#include "core/context.h"

struct backup_report {
    int64_t accounts;
    int64_t requests;
    int64_t tokens;
    int64_t audit_rows;
    int64_t secrets; /* sealed keys, tokens and webhook secrets that the master key opens */
    int64_t secrets_unopened; /* those that it does not */
    int64_t audit_broken;     /* rows that do not follow from the one before */
    bool is_current;          /* has exactly this program's migrations */
};

/* Writes the copy whole or not at all, readable by its owner alone. ERR_UNAVAILABLE, ERR_UPSTREAM:
 * pg_dump is missing or failed. */
MUST_CHECK enum err backup_write(struct arena *arena, const char *owner_url, const char *path);
/* Into the database that `owner_url` names, which must be empty, then migrates it. */
MUST_CHECK enum err backup_restore(struct arena *arena, const char *owner_url, const char *path);
/* Restores into a database of its own beside the one that `owner_url` names, looks at everything
 * and drops it. ERR_NONE whatever the report says. */
MUST_CHECK enum err backup_check(struct context *context, const char *owner_url, const char *path,
                                 struct backup_report *report);

#endif
