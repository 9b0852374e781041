#include "core/backup.h"
#include "base/log.h"
#include "commands/commands.h"
#include "commands/session.h"
#include "core/act.h"
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

static const char *reason_of(enum err err) {
    switch ((int)err) {
    case ERR_UPSTREAM:
        return "a program failed: pg_dump, pg_restore, age or gpg, see above";
    case ERR_UNAVAILABLE:
        return "a program is missing (PostgreSQL's client, age, gpg), or a file cannot be written";
    case ERR_INVALID:
        return "GUICHET_DATABASE_OWNER_URL is no connection string";
    case ERR_NOT_FOUND:
        return "the copy, or what stands beside it, cannot be read";
    case ERR_CONFLICT:
        return "the database of GUICHET_DATABASE_OWNER_URL is not empty: a copy is restored into "
               "an "
               "empty one";
    case ERR_FORBIDDEN:
        return "the copy is encrypted by age: GUICHET_COPY_IDENTITY_FILE is needed";
    default:
        return "the database cannot be reached";
    }
}

static void explain(const char *name, enum err err) {
    (void)fprintf(stderr, "guichet %s: %s\n", name, reason_of(err));
}

/* A mail to the operator, with the transaction that puts it into the outbox. */
static enum err mail_failure(struct context *context, const char *reason) {
    char machine[HOST_NAME_MAX + 1] = "";
    const struct config *config = context->services->config;
    (void)gethostname(machine, sizeof machine - 1);
    struct value *data = value_object(context->arena);
    value_set_text(context->arena, data, "machine", machine);
    value_set_text(context->arena, data, "reason", reason);
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    act_mail(&act, "copy_failed",
             *config->operator_email != '\0' ? config->operator_email : config->support_email, NULL,
             data);
    return act_commit(&act, &(struct act_outcome){0});
}

/* In the log, in the database for the metrics, and by mail, as far as they can be reached. */
static void tell_failure(struct arena *arena, const struct config *config, const char *reason) {
    static struct command_session session;
    log_error(LOG_COPY_FAILED, LOG_TEXT("reason", reason));
    if (backup_note(arena, config->database_owner_url, reason) != ERR_NONE) {
        (void)fputs("guichet backup: the failure could not be recorded in the database\n", stderr);
    }
    if (command_session_init(&session, COMMAND_SEALS) != ERR_NONE ||
        mail_failure(&session.context, reason) != ERR_NONE) {
        (void)fputs("guichet backup: no mail could be sent\n", stderr);
    }
    command_session_clear(&session);
}

int command_backup(const struct command_input *input) {
    ARENA_AUTO(arena);
    struct config config;
    struct backup_written written;
    if (app_load_config(&arena, &config) != ERR_NONE) {
        return 1;
    }
    const enum err err = backup_write(&arena, &config, input->words[0], &written);
    if (err != ERR_NONE) {
        const char *reason = written.reason != NULL ? written.reason : reason_of(err);
        (void)fprintf(stderr, "guichet backup: %s\n", reason);
        tell_failure(&arena, &config, reason);
        return 1;
    }
    (void)printf("The copy is written and read again: %lld bytes, SHA-256 %s, encryption: %s. Keep "
                 "the master "
                 "key elsewhere: without it, the copy opens nothing.\n",
                 (long long)written.bytes, written.digest, copy_cipher_name(written.cipher));
    if (backup_note(&arena, config.database_owner_url, NULL) != ERR_NONE) {
        (void)fputs("guichet backup: the database could not note it: the metrics will tell of a "
                    "former copy\n",
                    stderr);
    }
    return 0;
}

int command_restore(const struct command_input *input) {
    ARENA_AUTO(arena);
    struct config config;
    if (app_load_config(&arena, &config) != ERR_NONE) {
        return 1;
    }
    const enum err err = backup_restore(&arena, &config, input->words[0]);
    if (err != ERR_NONE) {
        explain("restore", err);
        return 1;
    }
    (void)puts("The copy is restored and migrated.");
    return 0;
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

/* Without the key: whether the file is the one that was written. */
static int check_sealed(struct arena *arena, const char *path) {
    bool is_same = false;
    const enum err err = backup_check_digest(arena, path, &is_same);
    if (err != ERR_NONE) {
        explain("backup check", err);
        return 1;
    }
    (void)puts(is_same ? "The copy is encrypted and is what was written (SHA-256). What it holds "
                         "is not examined "
                         "here: run this where its key is."
                       : "The copy is not what was written: its SHA-256 is another one.");
    return is_same ? 0 : 1;
}

/* Restores it beside the database and examines everything. */
static int check_whole(struct command_session *session, const char *path) {
    struct backup_report report;
    const enum err err = backup_check(&session->context, path, &report);
    if (err != ERR_NONE) {
        explain("backup check", err);
        return 1;
    }
    return print_report(&report) ? 0 : 1;
}

int command_backup_check(const struct command_input *input) {
    static struct command_session session;
    const char *path = input->words[0];
    bool is_readable = false;
    int code = 1;
    if (command_session_init(&session, COMMAND_READS) == ERR_NONE) {
        const enum err err =
            backup_is_readable(session.context.arena, &session.app.config, path, &is_readable);
        if (err != ERR_NONE) {
            explain("backup check", err);
        } else {
            code = is_readable ? check_whole(&session, path)
                               : check_sealed(session.context.arena, path);
        }
    }
    command_session_clear(&session);
    return code;
}
