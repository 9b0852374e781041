#ifndef GUICHET_CORE_BACKUP_H
#define GUICHET_CORE_BACKUP_H
/* Copies of the database, and the check that a copy is good. A copy does not contain the master key: keep
 * that elsewhere, or the secrets in the copy cannot be opened. PostgreSQL's client programs do the work
 * (engine/dump.h). One call at a time: backup_write changes the umask of the process. */
#include "core/audit.h"
#include "core/context.h"
#include "core/copy_cipher.h"
#include "sql/core.h"

struct backup_report {
    struct backup_counts counts;
    int64_t secrets_count; /* sealed keys, tokens and webhook secrets that the master key opens */
    int64_t secrets_unopened_count; /* those that it does not */
    struct audit_report audit;
    bool is_current; /* has exactly this program's migrations */
};

struct backup_written {
    enum copy_cipher cipher;
    int64_t bytes;
    const char *digest; /* SHA-256 of the file, in the arena */
    const char *
        reason; /* what the settings lack, or why the file cannot be written, in English; NULL: neither */
};

/* Writes the copy to `path`, whole or not at all, readable by its owner alone, encrypted on the way where the
 * settings name recipients: nothing in clear touches the disk. It is read again and compared. Beside it `path`.sha256
 * (for sha256sum) and `path`.head, the last seal of the audit that it holds. ERR_INVALID: `written->reason`;
 * ERR_UNAVAILABLE: a program is missing, or a file cannot be written, or is not what was written; ERR_UPSTREAM: a
 * program failed. */
MUST_CHECK enum err backup_write(struct arena *arena, const struct config *config, const char *path,
                                 struct backup_written *written);
/* Notes in the database that a copy was written now, or why not (`failure`, NULL for one that was): the metrics tell
 * of it. Fails on the database of a former release, which has nowhere to note it. */
MUST_CHECK enum err backup_note(struct arena *arena, const char *owner_url, const char *failure);
/* Restores the copy into the database of the owner and migrates it. ERR_CONFLICT: that database is not empty. Other
 * failures as above, of pg_restore, and those of migrate_run. */
MUST_CHECK enum err backup_restore(struct arena *arena, const struct config *config,
                                   const char *path);
/* Whether the file is what was written, by `path`.sha256: all that can be said of an encrypted copy without its key.
 * ERR_NOT_FOUND: one of the two is missing. */
MUST_CHECK enum err backup_check_digest(struct arena *arena, const char *path, bool *is_same);
/* Whether the copy can be read here: it is in clear, or the settings name the key. ERR_NOT_FOUND: there is no file. */
MUST_CHECK enum err backup_is_readable(struct arena *arena, const struct config *config,
                                       const char *path, bool *is_readable);
/* The heads that `path` holds, a log for example, or what stands beside it as `path`.head. Failures are those of
 * file_read. */
MUST_CHECK enum err backup_read_heads(struct arena *arena, const char *path, const char **heads);
/* Restores the copy into a temporary database beside that of the owner, examines everything and
 * drops it. ERR_NONE whatever the report says; ERR_INVALID: the URL of the owner is no connection string. */
MUST_CHECK enum err backup_check(struct context *context, const char *path,
                                 struct backup_report *report);

#endif
