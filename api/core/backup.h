#ifndef GUICHET_CORE_BACKUP_H
#define GUICHET_CORE_BACKUP_H
/* Copies of the database, and the check that a copy is good. A copy does not contain the master key: keep
 * that elsewhere, or the secrets in the copy cannot be opened. PostgreSQL's client programs do the work
 * (engine/dump.h). One call at a time: backup_write changes the umask of the process. */
#include "core/audit.h"
#include "core/context.h"
#include "sql/core.h"

struct backup_report {
    struct backup_counts counts;
    int64_t secrets_count; /* sealed keys, tokens and webhook secrets that the master key opens */
    int64_t secrets_unopened_count; /* those that it does not */
    struct audit_report audit;
    bool is_current; /* has exactly this program's migrations */
};

/* Writes the copy to `path`, whole or not at all, readable by its owner alone; beside it `path`.head, the last
 * seal of the audit that it holds. ERR_UNAVAILABLE: pg_dump is missing, or a file cannot be written;
 * ERR_UPSTREAM: pg_dump failed. */
MUST_CHECK enum err backup_write(struct arena *arena, const char *owner_url, const char *path);
/* Notes in the database that a copy was written now: the metrics tell its age. Fails on the database of a former
 * release, which has nowhere to note it. */
MUST_CHECK enum err backup_note(struct arena *arena, const char *owner_url);
/* Restores the copy into the database that `owner_url` names, which must be empty, and migrates it. Failures
 * as above, of pg_restore, and those of migrate_run. */
MUST_CHECK enum err backup_restore(struct arena *arena, const char *owner_url, const char *path);
/* The heads that `path` holds, a log for example, or what stands beside it as `path`.head. Failures are those of file_read. */
MUST_CHECK enum err backup_read_heads(struct arena *arena, const char *path, const char **heads);
/* Restores the copy into a temporary database beside the one that `owner_url` names, examines everything and
 * drops it. ERR_NONE whatever the report says; ERR_INVALID: `owner_url` is no connection string. */
MUST_CHECK enum err backup_check(struct context *context, const char *owner_url, const char *path,
                                 struct backup_report *report);

#endif
