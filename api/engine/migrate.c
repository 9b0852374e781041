#include "engine/migrate.h"
#include "base/log.h"
#include "base/text.h"
#include "engine/catalogue.h"
#include "engine/connection.h"
#include "sql/engine.h"
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CHECKSUM_BYTES = crypto_hash_sha256_BYTES };

enum { PAUSE_MS = 1000 };

/* Waiting for another program that migrates keeps nobody from their tables; waiting for a table does: whoever
 * asks for it stands behind. */
static const char PREPARE_SESSION[] =
    "SET client_min_messages = warning; SET lock_timeout = '120s'; SET statement_timeout = 0";
static const char BOUND_LOCKS[] = "SET lock_timeout = '2s'";
static const char LOCK_NOT_AVAILABLE[] = "55P03";
static const char DEADLOCK[] = "40P01";
static const char FIND_HOLDERS[] =
    "SELECT coalesce(string_agg(pid::text, ', '), 'gone meanwhile') FROM (SELECT DISTINCT l.pid"
    " FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
    " WHERE l.granted AND l.pid <> pg_backend_pid() AND c.relnamespace = 'public'::regnamespace"
    " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " ORDER BY l.pid LIMIT 5) holder";
/* 7239280: the number of this program's lock for migrating. */
static const char LOCK[] = "SELECT pg_advisory_lock(7239280)";
static const char CREATE_TABLE[] =
    "CREATE TABLE IF NOT EXISTS schema_migration ("
    " version integer CONSTRAINT schema_migration_pk PRIMARY KEY,"
    " name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())";
static const char FIND[] = "SELECT checksum FROM schema_migration WHERE version = $1::int";
static const char RECORD[] =
    "INSERT INTO schema_migration (version, name, checksum) VALUES ($1::int, $2, $3)";
static const char COUNT[] =
    "SELECT count(*) = $1::int AND max(version) = $2::int"
    " AND EXISTS (SELECT FROM schema_text_set WHERE checksum = $3) FROM schema_migration";
static const char CREATE_TEXT_TABLES[] =
    "CREATE TABLE IF NOT EXISTS schema_text ("
    " name text CONSTRAINT schema_text_pk PRIMARY KEY,"
    " checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());"
    "CREATE TABLE IF NOT EXISTS schema_text_set ("
    " checksum text CONSTRAINT schema_text_set_pk PRIMARY KEY,"
    " applied_at timestamptz NOT NULL DEFAULT now())";
static const char FIND_TEXT[] = "SELECT checksum FROM schema_text WHERE name = $1";
static const char RECORD_TEXT[] =
    "INSERT INTO schema_text (name, checksum) VALUES ($1, $2)"
    " ON CONFLICT (name) DO UPDATE SET checksum = excluded.checksum, applied_at = now()";
static const char RECORD_TEXT_SET[] =
    "INSERT INTO schema_text_set (checksum) VALUES ($1) ON CONFLICT DO NOTHING";

static void pg_auto(PGconn **pg) {
    PQfinish(*pg);
}
static void result_auto(PGresult **result) {
    PQclear(*result);
}
#define RESULT_AUTO __attribute__((cleanup(result_auto))) PGresult *
#define PG_AUTO __attribute__((cleanup(pg_auto))) PGconn *

static enum err fail(struct migrate_report *report, const char *what, PGconn *pg) {
    (void)snprintf(report->message, sizeof report->message, "%s: %s", what, PQerrorMessage(pg));
    report->message[strcspn(report->message, "\n")] = '\0';
    return PQstatus(pg) == CONNECTION_OK ? err_internal("a migration failed") : ERR_UNAVAILABLE;
}

static enum err run_text(PGconn *pg, const char *text, const char *what,
                         struct migrate_report *report) {
    RESULT_AUTO result = PQexec(pg, text);
    const ExecStatusType status = PQresultStatus(result);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    report->is_locked =
        state != NULL && (strcmp(state, LOCK_NOT_AVAILABLE) == 0 || strcmp(state, DEADLOCK) == 0);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? ERR_NONE
                                                                   : fail(report, what, pg);
}

static const char *checksum(struct arena *arena, const char *text) {
    unsigned char hash[CHECKSUM_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
    return text_hex(arena, hash, sizeof hash);
}

/* The checksum of all functions and policies of this program together. */
static const char *texts_checksum(struct arena *arena) {
    crypto_hash_sha256_state hash;
    unsigned char sum[CHECKSUM_BYTES];
    crypto_hash_sha256_init(&hash);
    for (size_t i = 0; i < SCHEMA_TEXTS_COUNT; i++) {
        const char *const parts[] = {SCHEMA_TEXTS[i].name, SCHEMA_TEXTS[i].text};
        for (size_t j = 0; j < sizeof parts / sizeof parts[0]; j++) {
            crypto_hash_sha256_update(&hash, (const unsigned char *)parts[j], strlen(parts[j]) + 1);
        }
    }
    crypto_hash_sha256_final(&hash, sum);
    return text_hex(arena, sum, sizeof sum);
}

static enum err record(PGconn *pg, const char *statement, int count, const char *const values[],
                       const char *what, struct migrate_report *report) {
    RESULT_AUTO result = PQexecParams(pg, statement, count, NULL, values, NULL, NULL, 0);
    return PQresultStatus(result) == PGRES_COMMAND_OK ? ERR_NONE : fail(report, what, pg);
}

/* A text, and the statement that records its checksum. */
struct step {
    const char *name;
    const char *text;
    const char *record;
    int count; /* of the values of `record` */
    const char *const *values;
};

/* Both in one transaction. */
static enum err run_once(PGconn *pg, const struct step *step, struct migrate_report *report) {
    TRY(run_text(pg, "BEGIN", step->name, report));
    enum err err = run_text(pg, step->text, step->name, report);
    if (err == ERR_NONE) {
        err = record(pg, step->record, step->count, step->values, step->name, report);
    }
    if (err != ERR_NONE) {
        PQclear(PQexec(pg, "ROLLBACK"));
        return err;
    }
    return run_text(pg, "COMMIT", step->name, report);
}

static void explain_lock(PGconn *pg, const struct step *step, struct migrate_report *report) {
    RESULT_AUTO holders = PQexec(pg, FIND_HOLDERS);
    const bool is_known = PQresultStatus(holders) == PGRES_TUPLES_OK && PQntuples(holders) == 1;
    (void)snprintf(report->message, sizeof report->message,
                   "%s: a table that it changes was not free for 2 s in any of %zu tries; "
                   "processes of PostgreSQL that hold tables: %s. End the one that stays "
                   "(pg_terminate_backend) and run this again: what was applied is kept. See "
                   "RUNBOOK.md, \"guichet migrate does not get its lock\"",
                   step->name, report->tries, is_known ? PQgetvalue(holders, 0, 0) : "unknown");
}

/* Between two tries those who waited behind this one go on. */
static void pause_between_tries(void) {
    (void)nanosleep(&(struct timespec){.tv_sec = PAUSE_MS / 1000}, NULL);
}

static enum err run_recorded(PGconn *pg, const struct step *step, struct migrate_report *report) {
    enum err err = run_once(pg, step, report);
    for (size_t tries = 1; err != ERR_NONE && report->is_locked; tries++) {
        if (tries >= report->tries) {
            explain_lock(pg, step, report);
            return ERR_UNAVAILABLE;
        }
        log_warning(LOG_MIGRATION_WAITS, LOG_TEXT("name", step->name), LOG_NUMBER("tries", tries));
        pause_between_tries();
        err = run_once(pg, step, report);
    }
    TRY(err);
    report->message[0] = '\0';
    report->applied++;
    log_info(LOG_MIGRATED, LOG_TEXT("name", step->name));
    return ERR_NONE;
}

static enum err apply(PGconn *pg, const struct migration *migration,
                      struct migrate_report *report) {
    ARENA_AUTO(arena);
    const char *version = arena_printf(&arena, "%d", migration->version);
    const char *sum = checksum(&arena, migration->text);
    const char *const key[] = {version};
    RESULT_AUTO known = PQexecParams(pg, FIND, 1, NULL, key, NULL, NULL, 0);
    if (PQresultStatus(known) != PGRES_TUPLES_OK) {
        return fail(report, migration->name, pg);
    }
    report->version = migration->version;
    if (PQntuples(known) == 1) {
        if (strcmp(PQgetvalue(known, 0, 0), sum) != 0) {
            (void)snprintf(
                report->message, sizeof report->message,
                "%s was applied with another text: a migration is never changed, add one",
                migration->name);
            return ERR_CONFLICT;
        }
        return ERR_NONE;
    }
    const char *const values[] = {version, migration->name, sum};
    return run_recorded(pg, &(struct step){migration->name, migration->text, RECORD, 3, values},
                        report);
}

/* Replays a function or the policies of a table where the text is not the one that was applied last. */
static enum err apply_text(PGconn *pg, const struct schema_text *text,
                           struct migrate_report *report) {
    ARENA_AUTO(arena);
    const char *sum = checksum(&arena, text->text);
    const char *const values[] = {text->name, sum};
    RESULT_AUTO known = PQexecParams(pg, FIND_TEXT, 1, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(known) != PGRES_TUPLES_OK) {
        return fail(report, text->name, pg);
    }
    if (PQntuples(known) == 1 && strcmp(PQgetvalue(known, 0, 0), sum) == 0) {
        return ERR_NONE;
    }
    return run_recorded(pg, &(struct step){text->name, text->text, RECORD_TEXT, 2, values}, report);
}

static enum err apply_texts(PGconn *pg, struct migrate_report *report) {
    ARENA_AUTO(arena);
    const char *const set[] = {texts_checksum(&arena)};
    TRY(run_text(pg, CREATE_TEXT_TABLES, "schema_text", report));
    /* A function may call one that comes later; tests/store looks into every body. */
    TRY(run_text(pg, "SET check_function_bodies = off", "session", report));
    for (size_t i = 0; i < SCHEMA_TEXTS_COUNT; i++) {
        TRY(apply_text(pg, &SCHEMA_TEXTS[i], report));
    }
    return record(pg, RECORD_TEXT_SET, 1, set, "schema_text_set", report);
}

enum err migrate_run(const char *owner_url, size_t tries, struct migrate_report *report) {
    *report = (struct migrate_report){.tries = tries};
    PG_AUTO pg = connection_connect_url(owner_url);
    if (PQstatus(pg) != CONNECTION_OK) {
        return fail(report, "connection", pg);
    }
    TRY(run_text(pg, PREPARE_SESSION, "session", report));
    TRY(run_text(pg, LOCK, "lock", report)); /* given back with the connection */
    TRY(run_text(pg, BOUND_LOCKS, "session", report));
    TRY(run_text(pg, CREATE_TABLE, "schema_migration", report));
    for (size_t i = 0; i < MIGRATIONS_COUNT; i++) {
        TRY(apply(pg, &MIGRATIONS[i], report));
    }
    TRY(apply_texts(pg, report));
    return run_text(pg, SQL_ROLES, "roles.sql", report);
}

enum err migrate_check(const char *url, bool *current) {
    *current = false;
    PG_AUTO pg = connection_connect_url(url);
    if (PQstatus(pg) != CONNECTION_OK) {
        return ERR_UNAVAILABLE;
    }
    ARENA_AUTO(arena);
    const char *const values[] = {
        arena_printf(&arena, "%zu", MIGRATIONS_COUNT),
        arena_printf(&arena, "%d", MIGRATIONS[MIGRATIONS_COUNT - 1].version),
        texts_checksum(&arena)};
    RESULT_AUTO result = PQexecParams(pg, COUNT, 3, NULL, values, NULL, NULL, 0);
    *current = PQresultStatus(result) == PGRES_TUPLES_OK && PQgetvalue(result, 0, 0)[0] == 't';
    return ERR_NONE;
}

enum err migrate_check_ready(struct pool *pool) {
    ARENA_AUTO(arena);
    struct schema_row row;
    struct tx once = tx_once(pool, &arena, IDENTITY_SYSTEM, TX_READ);
    const enum err err = sql_schema_find(&once, &row, .texts = texts_checksum(&arena));
    if (err != ERR_NONE) {
        return err == ERR_UNAVAILABLE ? err : ERR_CONFLICT; /* no table of migrations yet */
    }
    return row.version >= MIGRATIONS[MIGRATIONS_COUNT - 1].version && row.has_texts ? ERR_NONE
                                                                                    : ERR_CONFLICT;
}
