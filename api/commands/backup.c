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

/* Reads the settings, calls `act` with the path, and prints `done`. Returns the exit code. */
static int run(const char *name, const char *path, const char *done,
               enum err (*act)(struct arena *arena, const char *owner_url, const char *path)) {
    ARENA_AUTO(arena);
    struct config config;
    enum err err = app_load_config(&arena, &config);
    if (err != ERR_NONE) {
        return 1;
    }
    err = act(&arena, config.database_owner_url, path);
    if (err != ERR_NONE) {
        explain(name, err);
        return 1;
    }
    (void)puts(done);
    return 0;
}

static enum err write_copy(struct arena *arena, const char *owner_url, const char *path) {
    TRY(backup_write(arena, owner_url, path));
    if (backup_note(arena, owner_url) != ERR_NONE) {
        (void)fputs("guichet backup: the time of the copy could not be noted for the metrics; does "
                    "the database await guichet migrate?\n",
                    stderr);
    }
    return ERR_NONE;
}

int command_backup(const struct command_input *input) {
    return run("backup", input->words[0],
               "The copy is written. Keep the master key elsewhere: without it, the copy opens "
               "nothing.",
               write_copy);
}

int command_restore(const struct command_input *input) {
    return run("restore", input->words[0], "The copy is restored and migrated.", backup_restore);
}

static bool print_report(const struct backup_report *report) {
    const bool good = report->is_current && report->audit.problems_count == 0 &&
                      report->secrets_unopened_count == 0;
    (void)printf("%lld accounts, %lld requests, %lld tokens\n", (long long)report->counts.accounts,
                 (long long)report->counts.requests, (long long)report->counts.tokens);
    (void)printf("audit: %lld rows, %zu broken\n", (long long)report->counts.audit_rows,
                 report->audit.problems_count);
    for (size_t i = 0; i < report->audit.problems_count; i++) {
        (void)printf("audit: %s\n", report->audit.problems[i]);
    }
    (void)printf("secrets: %lld open with the master key, %lld do not\n",
                 (long long)report->secrets_count, (long long)report->secrets_unopened_count);
    (void)printf("migrations: %s\n", report->is_current ? "current" : "not those of this program");
    (void)puts(good ? "The copy is good." : "The copy is not good.");
    return good;
}

int command_backup_check(const struct command_input *input) {
    static struct command_session session;
    struct backup_report report;
    bool good = false;
    enum err err = command_session_init(&session, COMMAND_READS);
    if (err == ERR_NONE) {
        err = backup_check(&session.context, session.app.config.database_owner_url, input->words[0],
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
