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

enum { CHECKSUM_BYTES = crypto_hash_sha256_BYTES };

static const char PREPARE_SESSION[] =
    "SET client_min_messages = warning; SET lock_timeout = '120s'; SET statement_timeout = 0";
/* 7239280: the program's own number for "migrating". */
static const char LOCK[] = "SELECT pg_advisory_lock(7239280)";
static const char CREATE_TABLE[] =
    "CREATE TABLE IF NOT EXISTS schema_migration ("
    " version integer CONSTRAINT schema_migration_pk PRIMARY KEY,"
    " name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())";
static const char FIND[] = "SELECT checksum FROM schema_migration WHERE version = $1::int";
static const char RECORD[] =
    "INSERT INTO schema_migration (version, name, checksum) VALUES ($1::int, $2, $3)";
static const char COUNT[] =
    "SELECT count(*) = $1::int AND max(version) = $2::int FROM schema_migration";

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
    return PQstatus(pg) == CONNECTION_OK ? ERR_INTERNAL : ERR_UNAVAILABLE;
}

static enum err run_text(PGconn *pg, const char *text, const char *what,
                         struct migrate_report *report) {
    RESULT_AUTO result = PQexec(pg, text);
    const ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? ERR_NONE
                                                                   : fail(report, what, pg);
}

static const char *checksum(struct arena *arena, const char *text) {
    unsigned char hash[CHECKSUM_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
    return text_hex(arena, hash, sizeof hash);
}

static enum err record(PGconn *pg, const struct migration *migration, const char *version,
                       const char *sum, struct migrate_report *report) {
    const char *const values[] = {version, migration->name, sum};
    RESULT_AUTO result = PQexecParams(pg, RECORD, 3, NULL, values, NULL, NULL, 0);
    return PQresultStatus(result) == PGRES_COMMAND_OK ? ERR_NONE
                                                      : fail(report, migration->name, pg);
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
    TRY(run_text(pg, "BEGIN", migration->name, report));
    enum err err = run_text(pg, migration->text, migration->name, report);
    if (err == ERR_NONE) {
        err = record(pg, migration, version, sum, report);
    }
    if (err != ERR_NONE) {
        PQclear(PQexec(pg, "ROLLBACK"));
        return err;
    }
    TRY(run_text(pg, "COMMIT", migration->name, report));
    report->applied++;
    log_info(LOG_MIGRATED, LOG_TEXT("name", migration->name));
    return ERR_NONE;
}

enum err migrate_run(const char *owner_url, struct migrate_report *report) {
    *report = (struct migrate_report){0};
    PG_AUTO pg = PQconnectdb(owner_url);
    connection_log_notices(pg);
    if (PQstatus(pg) != CONNECTION_OK) {
        return fail(report, "connection", pg);
    }
    TRY(run_text(pg, PREPARE_SESSION, "session", report));
    TRY(run_text(pg, LOCK, "lock", report)); /* given back with the connection */
    TRY(run_text(pg, CREATE_TABLE, "schema_migration", report));
    for (size_t i = 0; i < MIGRATIONS_COUNT; i++) {
        TRY(apply(pg, &MIGRATIONS[i], report));
    }
    return run_text(pg, SQL_ROLES, "roles.sql", report);
}

enum err migrate_check(const char *url, bool *current) {
    *current = false;
    PG_AUTO pg = PQconnectdb(url);
    connection_log_notices(pg);
    if (PQstatus(pg) != CONNECTION_OK) {
        return ERR_UNAVAILABLE;
    }
    ARENA_AUTO(arena);
    const char *const values[] = {
        arena_printf(&arena, "%zu", MIGRATIONS_COUNT),
        arena_printf(&arena, "%d", MIGRATIONS[MIGRATIONS_COUNT - 1].version)};
    RESULT_AUTO result = PQexecParams(pg, COUNT, 2, NULL, values, NULL, NULL, 0);
    *current = PQresultStatus(result) == PGRES_TUPLES_OK && PQgetvalue(result, 0, 0)[0] == 't';
    return ERR_NONE;
}

enum err migrate_look(struct pool *pool) {
    ARENA_AUTO(arena);
    int64_t version = 0;
    struct tx once = tx_once(pool, &arena, IDENTITY_SYSTEM, TX_READ);
    const enum err err = sql_schema_find_version(&once, &version);
    if (err != ERR_NONE) {
        return err == ERR_UNAVAILABLE ? err : ERR_CONFLICT; /* no table of migrations yet */
    }
    return version >= MIGRATIONS[MIGRATIONS_COUNT - 1].version ? ERR_NONE : ERR_CONFLICT;
}
