#include "base/clock.h"
#include "commands/doctor.h"
#include "core/master_key.h"
#include "core/ports.h"
#include "engine/migrate.h"
#include "engine/reach.h"
#include "outbound/outbound.h"
#include "security/signing_key.h"
#include "sql/commands.h"
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

enum {
    MIB = 1024 * 1024,
    CLOCK_MS_MAX = 2000,     /* beyond: tokens are taken for too young or too old */
    DIRECTORY_DAYS_MAX = 62, /* two monthly files were missed */
    KEY_DAYS_MAX = 400,      /* a year, and a month to think of it */
    DISK_FREE_MB_MIN = 256,  /* beside what may be uploaded */
};

static const char UNREACHED[] = "not tried: the database does not answer";

void doctor_say(struct doctor_finding *out, enum doctor_state state, const char *found,
                const char *advice) {
    *out = (struct doctor_finding){state, found, advice};
}

/* --- the database */

/* A login that row-level security would not bind is a mistake of the settings, which app_init has told. */
void doctor_check_database(const struct doctor_subject *subject, struct arena *arena,
                           struct doctor_finding *out) {
    struct pool *pool = subject->app->services.pool;
    struct doctor_login login;
    const char *reason = NULL;
    if (reach_database(arena, subject->app->config.database_url, &reason) != ERR_NONE) {
        doctor_say(out, DOCTOR_WRONG, reason,
                   "GUICHET_DATABASE_URL: is it the right server, login and password, and does "
                   "pg_hba.conf let this machine in?");
        return;
    }
    const enum err migrated = migrate_check_ready(pool);
    struct tx once = tx_once(pool, arena, IDENTITY_SYSTEM, TX_READ);
    if (migrated == ERR_CONFLICT) {
        doctor_say(out, DOCTOR_WRONG, "migrations of this version are missing",
                   "run guichet-admin migrate");
    } else if (migrated != ERR_NONE || sql_doctor_login(&once, &login) != ERR_NONE) {
        doctor_say(out, DOCTOR_WRONG, "the login works, but queries fail",
                   "look at the log of PostgreSQL");
    } else {
        doctor_say(out, DOCTOR_GOOD,
                   arena_printf(arena, "PostgreSQL %s, logged in as %s, migrated", login.version,
                                login.login),
                   NULL);
    }
}

/* --- the directory */

static void check_remote_directory(const struct app *app, struct arena *arena,
                                   struct doctor_finding *out) {
    static const char DINUM[] = "13002526500013";
    const char *said = NULL;
    const int64_t from_ms = clock_monotonic_ms();
    const enum err err = outbound_try_directory(app->outbound, arena, DINUM, &said);
    const long long took_ms = (long long)(clock_monotonic_ms() - from_ms);
    const char *kind = app->config.directory;
    if (err == ERR_NONE) {
        doctor_say(out, DOCTOR_GOOD, arena_printf(arena, "%s answers in %lld ms", kind, took_ms),
                   NULL);
    } else if (err == ERR_NOT_FOUND) {
        doctor_say(
            out, DOCTOR_WARNING, arena_printf(arena, "%s does not know %s", kind, DINUM),
            "GUICHET_DIRECTORY_URL, GUICHET_DIRECTORY_KEY: are they those of the directory?");
    } else {
        doctor_say(
            out, DOCTOR_WRONG,
            arena_printf(arena, "%s gives no usable answer: %s (%lld ms)", kind, said, took_ms),
            "GUICHET_DIRECTORY_URL, GUICHET_DIRECTORY_KEY, and what the key may be used for; "
            "guichet-admin import-directory makes the program independent of it");
    }
}

void doctor_check_directory(const struct doctor_subject *subject, struct arena *arena,
                            struct doctor_finding *out) {
    static const char IMPORT[] = "run guichet-admin import-directory with INSEE's files of this "
                                 "month, or set GUICHET_DIRECTORY";
    struct app *app = subject->app;
    struct doctor_directory directory;
    struct tx once = tx_once(app->services.pool, arena, IDENTITY_SYSTEM, TX_READ);
    if (app->services.ports->directory_find != NULL) {
        check_remote_directory(app, arena, out);
        return;
    }
    if (sql_doctor_directory(&once, &directory) != ERR_NONE) {
        doctor_say(out, DOCTOR_WRONG, UNREACHED, "see database");
        return;
    }
    const char *rows = arena_printf(arena, "%lld establishments", (long long)directory.rows_count);
    if (!directory.age_days.has_value) {
        doctor_say(out, DOCTOR_WARNING, arena_printf(arena, "%s, the sample of the program", rows),
                   IMPORT);
    } else {
        const bool is_old = directory.age_days.value > DIRECTORY_DAYS_MAX;
        doctor_say(
            out, is_old ? DOCTOR_WARNING : DOCTOR_GOOD,
            arena_printf(arena, "%s, imported %d days ago", rows, (int)directory.age_days.value),
            is_old ? IMPORT : NULL);
    }
}

/* --- the keys */

static enum err find_signing_key(const struct app *app, struct arena *arena,
                                 struct doctor_signing_key *key) {
    bool is_found = false;
    struct tx once = tx_once(app->services.pool, arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_doctor_signing_key(&once, &is_found, key));
    return is_found ? ERR_NONE : ERR_NOT_FOUND;
}

/* Opens the key that signs. */
static enum err open_signing_key(const struct app *app, struct arena *arena,
                                 const struct doctor_signing_key *row, struct signing_key *key) {
    unsigned char *pem = NULL;
    size_t length = 0;
    TRY(seal_open(arena, &app->master_key, arena_printf(arena, "signing_key/%s", row->kid),
                  row->sealed_private_pem, &pem, &length));
    return signing_key_load(arena, (const char *)pem, key);
}

static bool signs(const struct signing_key *key) {
    unsigned char signature[SIGNING_KEY_SIGNATURE_BYTES];
    return signing_key_sign(key, "guichet doctor", 14, signature) == ERR_NONE;
}

void doctor_check_signing_key(const struct doctor_subject *subject, struct arena *arena,
                              struct doctor_finding *out) {
    struct doctor_signing_key row;
    struct signing_key key;
    const enum err found = find_signing_key(subject->app, arena, &row);
    if (found == ERR_NOT_FOUND) {
        doctor_say(out, DOCTOR_GOOD, "none yet: the first start makes it", NULL);
    } else if (found != ERR_NONE) {
        doctor_say(out, DOCTOR_WRONG, UNREACHED, "see database");
    } else if (open_signing_key(subject->app, arena, &row, &key) != ERR_NONE || !signs(&key)) {
        doctor_say(out, DOCTOR_WRONG, arena_printf(arena, "%s does not sign", row.kid),
                   "see master_key; if that is good, restore a copy: no token can be issued");
    } else if (!row.has_next) {
        doctor_say(out, DOCTOR_WRONG, "no key waits to be the next one",
                   "run guichet-admin rotate-keys");
    } else {
        const bool is_old = row.age_days > KEY_DAYS_MAX;
        doctor_say(out, is_old ? DOCTOR_WARNING : DOCTOR_GOOD,
                   arena_printf(arena, "%s has signed for %d days", row.kid, (int)row.age_days),
                   is_old ? "run guichet-admin rotate-keys, once a year" : NULL);
    }
}

void doctor_check_master_key(const struct doctor_subject *subject, struct arena *arena,
                             struct doctor_finding *out) {
    struct doctor_signing_key row;
    struct signing_key key;
    const enum err found = find_signing_key(subject->app, arena, &row);
    if (found == ERR_NOT_FOUND) {
        doctor_say(out, DOCTOR_GOOD, "nothing is sealed yet", NULL);
    } else if (found != ERR_NONE) {
        doctor_say(out, DOCTOR_WRONG, UNREACHED, "see database");
    } else if (open_signing_key(subject->app, arena, &row, &key) != ERR_NONE) {
        doctor_say(out, DOCTOR_WRONG, "it does not open what is sealed in this database",
                   "GUICHET_MASTER_KEY: put back the key of this database; it is kept apart from "
                   "the copies");
    } else if (master_key_check(&subject->app->services) == ERR_CONFLICT) {
        doctor_say(
            out, DOCTOR_WRONG, "another key sealed a part of this database as well",
            "GUICHET_MASTER_KEY: give that key too; RUNBOOK.md, \"The master key is wrong\"");
    } else {
        doctor_say(out, DOCTOR_GOOD, "it opens what is sealed", NULL);
    }
}

/* --- the machine */

void doctor_check_clock(const struct doctor_subject *subject, struct arena *arena,
                        struct doctor_finding *out) {
    struct timex state = {0};
    const bool is_synchronised = adjtimex(&state) != TIME_ERROR;
    struct doctor_login login;
    struct tx once = tx_once(subject->app->services.pool, arena, IDENTITY_SYSTEM, TX_READ);
    const enum err err = sql_doctor_login(&once, &login);
    const long long off_ms = err == ERR_NONE ? (long long)(login.now_ms - clock_now_ms()) : 0;
    if (off_ms > CLOCK_MS_MAX || off_ms < -CLOCK_MS_MAX) {
        doctor_say(out, DOCTOR_WRONG,
                   arena_printf(arena, "the clock of the database differs by %lld ms", off_ms),
                   "synchronise both machines (systemd-timesyncd, chrony): tokens and second "
                   "factors are judged by the time");
    } else if (!is_synchronised) {
        doctor_say(out, DOCTOR_WARNING, "it is not synchronised",
                   "install systemd-timesyncd or chrony; in a container, on its host");
    } else {
        doctor_say(out, DOCTOR_GOOD,
                   err == ERR_NONE
                       ? arena_printf(arena, "synchronised, %lld ms from the database", off_ms)
                       : "synchronised",
                   NULL);
    }
}

void doctor_check_disk(const struct doctor_subject *subject, struct arena *arena,
                       struct doctor_finding *out) {
    const struct config *config = &subject->app->config;
    struct statvfs disk;
    struct stat folder;
    if (stat(config->data_dir, &folder) != 0 || statvfs(config->data_dir, &disk) != 0) {
        doctor_say(out, DOCTOR_WRONG, arena_printf(arena, "%s is not there", config->data_dir),
                   "GUICHET_DATA_DIR: make the folder, for the user who runs the program");
        return;
    }
    const long long free_mb = (long long)disk.f_bavail * (long long)disk.f_frsize / MIB;
    const char *what = arena_printf(arena, "%s has %lld MiB free", config->data_dir, free_mb);
    if (access(config->data_dir, W_OK | X_OK) != 0) {
        doctor_say(out, DOCTOR_WRONG, arena_printf(arena, "%s is not writable", config->data_dir),
                   "GUICHET_DATA_DIR: give the folder to the user who runs the program");
    } else if (free_mb < DISK_FREE_MB_MIN) {
        doctor_say(out, DOCTOR_WRONG, what, "free some: files cannot be uploaded without");
    } else if (free_mb < config->uploads_mb + DISK_FREE_MB_MIN) {
        doctor_say(out, DOCTOR_WARNING, what,
                   "free some, or lower GUICHET_UPLOADS_MB, which may take more");
    } else {
        doctor_say(out, DOCTOR_GOOD, what, NULL);
    }
}
