#include "core/backup.h"
#include "commands/commands.h"
#include "commands/session.h"
#include <stdio.h>

static void explain(const char *name, enum err err) {
    const char *why = "the database cannot be reached";
    if (err == ERR_UPSTREAM) {
        why = "PostgreSQL's program failed, see above";
    } else if (err == ERR_UNAVAILABLE) {
        why = "PostgreSQL's client programs are missing, or the file cannot be written";
    } else if (err == ERR_INVALID) {
        why = "GUICHET_DATABASE_OWNER_URL is no connection string";
    }
    (void)fprintf(stderr, "guichet %s: %s\n", name, why);
}

/* Reads the settings, calls `act` with the one argument, and prints `done`. Returns the exit code. */
static int run(const char *name, int count, char **words, const char *done,
               enum err (*act)(struct arena *arena, const char *owner_url, const char *path)) {
    if (count != 1) {
        return 2;
    }
    ARENA_AUTO(arena);
    struct config config;
    enum err err = app_load_config(&arena, &config);
    if (err != ERR_NONE) {
        return 1;
    }
    err = act(&arena, config.database_owner_url, words[0]);
    if (err != ERR_NONE) {
        explain(name, err);
        return 1;
    }
    (void)puts(done);
    return 0;
}

int command_backup(int count, char **words) {
    return run("backup", count, words,
               "The copy is written. Keep the master key elsewhere: without it, the copy opens "
               "nothing.",
               backup_write);
}

int command_restore(int count, char **words) {
    return run("restore", count, words, "The copy is restored and migrated.", backup_restore);
}

static bool print_report(const struct backup_report *report) {
    const bool good = report->is_current && report->audit_broken_count == 0 &&
                      report->secrets_unopened_count == 0;
    (void)printf("%lld accounts, %lld requests, %lld tokens\n", (long long)report->counts.accounts,
                 (long long)report->counts.requests, (long long)report->counts.tokens);
    (void)printf("audit: %lld rows, %zu broken\n", (long long)report->counts.audit_rows,
                 report->audit_broken_count);
    (void)printf("secrets: %lld open with the master key, %lld do not\n",
                 (long long)report->secrets_count, (long long)report->secrets_unopened_count);
    (void)printf("migrations: %s\n", report->is_current ? "current" : "not those of this program");
    (void)puts(good ? "The copy is good." : "The copy is not good.");
    return good;
}

int command_backup_check(int count, char **words) {
    static struct command_session session;
    struct backup_report report;
    bool good = false;
    if (count != 1) {
        return 2;
    }
    enum err err = command_session_init(&session);
    if (err == ERR_NONE) {
        err = backup_check(&session.context, session.app.config.database_owner_url, words[0],
                           &report);
        if (err != ERR_NONE) {
            explain("backup check", err);
        }
    }
    if (err == ERR_NONE) {
        good = print_report(&report);
    }
    command_session_clear(&session);
    return good ? 0 : 1;
}
