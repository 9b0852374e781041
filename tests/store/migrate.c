/* Migrations: once each, whatever the number of hands; a changed one is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "database.h"
#include "engine/catalogue.h"
#include "engine/migrate.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { HANDS = 5 };

static struct database database;

static int create(void **state) {
    (void)state;
    database_create(&database, false);
    return 0;
}

static int drop(void **state) {
    (void)state;
    database_drop(&database);
    return 0;
}

struct hand {
    pthread_t thread;
    enum err err;
    struct migrate_report report;
};

static void *migrate_thread(void *argument) {
    struct hand *hand = argument;
    hand->err = migrate_run(database.owner_url, MIGRATE_TRIES, &hand->report);
    return NULL;
}

static void applies_each_once_when_five_run_at_once(void **state) {
    (void)state;
    struct hand hands[HANDS] = {0};
    size_t applied = 0;
    for (size_t i = 0; i < HANDS; i++) {
        assert_int_equal(pthread_create(&hands[i].thread, NULL, migrate_thread, &hands[i]), 0);
    }
    for (size_t i = 0; i < HANDS; i++) {
        pthread_join(hands[i].thread, NULL);
        assert_string_equal(hands[i].report.message, "");
        assert_int_equal(hands[i].err, ERR_NONE);
        applied += hands[i].report.applied;
    }
    assert_int_equal(applied, MIGRATIONS_COUNT + SCHEMA_TEXTS_COUNT);
    bool current = false;
    assert_int_equal(migrate_check(database.app_url, &current), ERR_NONE);
    assert_true(current);
}

static void is_idempotent(void **state) {
    (void)state;
    struct migrate_report report;
    assert_int_equal(migrate_run(database.owner_url, MIGRATE_TRIES, &report), ERR_NONE);
    assert_int_equal(report.applied, 0);
    assert_int_equal(report.version, MIGRATIONS[MIGRATIONS_COUNT - 1].version);
}

static void replays_a_function_whose_text_changed(void **state) {
    (void)state;
    struct migrate_report report;
    assert_true(database_run(&database,
                             "CREATE OR REPLACE FUNCTION email_domain(email_key text) RETURNS text"
                             " LANGUAGE sql IMMUTABLE AS $$ SELECT 'former' $$;"
                             "DROP POLICY note_staff ON note;"
                             "UPDATE schema_text SET checksum = 'former'"
                             " WHERE name IN ('functions/email_domain', 'policies/note');"
                             "DELETE FROM schema_text_set"));
    bool current = true;
    assert_int_equal(migrate_check(database.app_url, &current), ERR_NONE);
    assert_false(current);
    assert_int_equal(migrate_run(database.owner_url, MIGRATE_TRIES, &report), ERR_NONE);
    assert_int_equal(report.applied, 2);
    assert_string_equal(database_cell(&database, "SELECT email_domain('a@ville.example')"),
                        "ville.example");
    assert_string_equal(
        database_cell(&database,
                      "SELECT count(*) FROM pg_policies WHERE policyname = 'note_staff'"),
        "1");
    assert_int_equal(migrate_check(database.app_url, &current), ERR_NONE);
    assert_true(current);
}

/* A transaction that has read a table and stays open. */
static PGconn *read_and_stay(const char *table) {
    char sql[128];
    PGconn *pg = PQconnectdb(database.owner_url);
    (void)snprintf(sql, sizeof sql, "BEGIN; SELECT count(*) FROM %s", table);
    PGresult *result = PQexec(pg, sql);
    assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
    PQclear(result);
    return pg;
}

static void replay_policies_of_note(void) {
    assert_true(database_run(
        &database, "UPDATE schema_text SET checksum = 'former' WHERE name = 'policies/note'"));
}

/* Reads the table until the other thread is done, and gives the longest wait. */
static int64_t read_beside(const atomic_bool *is_over, PGconn *reader, size_t reads_until_commit) {
    int64_t longest_ms = 0;
    for (size_t reads = 0; !atomic_load(is_over); reads++) {
        const int64_t started_ms = clock_monotonic_ms();
        assert_string_equal(database_cell(&database, "SELECT count(*) FROM note"), "0");
        const int64_t took_ms = clock_monotonic_ms() - started_ms;
        longest_ms = took_ms > longest_ms ? took_ms : longest_ms;
        if (reads == reads_until_commit) {
            PQclear(PQexec(reader, "COMMIT"));
        }
    }
    return longest_ms;
}

static atomic_bool hand_is_over;

static void *migrate_and_say(void *argument) {
    (void)migrate_thread(argument);
    atomic_store(&hand_is_over, true);
    return NULL;
}

static void a_long_reader_makes_it_wait_and_nobody_behind_it(void **state) {
    (void)state;
    struct hand hand = {0};
    PGconn *reader = read_and_stay("note");
    replay_policies_of_note();
    assert_int_equal(pthread_create(&hand.thread, NULL, migrate_and_say, &hand), 0);
    while (strcmp(database_cell(&database, "SELECT count(*) FROM pg_locks WHERE NOT granted"
                                           " AND relation = 'note'::regclass"
                                           " AND mode = 'AccessExclusiveLock'"),
                  "0") == 0) {
    }
    const int64_t longest_ms = read_beside(&hand_is_over, reader, 3);
    pthread_join(hand.thread, NULL);
    PQfinish(reader);
    assert_string_equal(hand.report.message, "");
    assert_int_equal(hand.err, ERR_NONE);
    assert_int_equal(hand.report.applied, 1);
    assert_in_range(longest_ms, 0, 10 * 1000); /* 2 s, on a busy machine */
}

static void gives_up_after_its_tries_and_says_who_holds_the_table(void **state) {
    (void)state;
    struct migrate_report report;
    char holder[16];
    PGconn *reader = read_and_stay("note");
    replay_policies_of_note();
    (void)snprintf(holder, sizeof holder, "%d", PQbackendPID(reader));
    assert_int_equal(migrate_run(database.owner_url, 2, &report), ERR_UNAVAILABLE);
    assert_non_null(strstr(report.message, "policies/note"));
    assert_non_null(strstr(report.message, "2 tries"));
    assert_non_null(strstr(report.message, holder));
    assert_non_null(strstr(report.message, "RUNBOOK.md"));
    assert_int_equal(report.applied, 0);
    PQfinish(reader);
    assert_int_equal(migrate_run(database.owner_url, 2, &report), ERR_NONE);
    assert_int_equal(report.applied, 1);
}

/* A function or policy that only a migration has would never be changed in the tree of current texts. */
static void has_every_function_and_policy_among_the_texts(void **state) {
    (void)state;
    assert_string_equal(
        database_cell(
            &database,
            "SELECT coalesce(string_agg(DISTINCT p.proname, ' '), '') FROM pg_proc p"
            " WHERE p.pronamespace = 'public'::regnamespace"
            " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
            " AND NOT EXISTS"
            " (SELECT FROM schema_text t WHERE t.name = 'functions/' || p.proname)"),
        "");
    assert_string_equal(
        database_cell(&database,
                      "SELECT coalesce(string_agg(tablename || '.' || policyname, ' '), '')"
                      " FROM pg_policies p WHERE NOT EXISTS"
                      " (SELECT FROM schema_text t WHERE t.name = 'policies/' || p.tablename)"),
        "");
}

static void refuses_a_migration_that_was_changed_after_it_ran(void **state) {
    (void)state;
    struct migrate_report report;
    assert_true(database_run(&database,
                             "UPDATE schema_migration SET checksum = 'other' WHERE version = 2"));
    assert_int_equal(migrate_run(database.owner_url, MIGRATE_TRIES, &report), ERR_CONFLICT);
    assert_non_null(strstr(report.message, "0002_accounts"));
}

/* Replayed with check_function_bodies off: here every body is parsed against the tables, and PL/pgSQL by
 * plpgsql_check as well. */
static void has_no_mistake_in_the_body_of_a_function(void **state) {
    (void)state;
    assert_true(database_run(&database,
                             "CREATE EXTENSION plpgsql_check;"
                             "CREATE TABLE directory_next (LIKE "
                             "directory_establishment);" /* directory_stock_publish makes its own */
                             "DO $do$ DECLARE f record; BEGIN"
                             " SET LOCAL check_function_bodies = on;"
                             " FOR f IN SELECT p.oid FROM pg_proc p WHERE "
                             "p.pronamespace = 'public'::regnamespace"
                             "   AND p.prokind = 'f' AND NOT EXISTS"
                             "   (SELECT FROM pg_depend d WHERE d.objid = p.oid AND "
                             "d.deptype = 'e') LOOP"
                             "  EXECUTE pg_get_functiondef(f.oid); END LOOP; END $do$"));
    assert_string_equal(
        database_cell(
            &database,
            "SELECT coalesce(string_agg(p.proname || ': ' || c.message, '; '), '')"
            " FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang AND l.lanname = 'plpgsql'"
            " LEFT JOIN pg_trigger t ON t.tgfoid = p.oid AND t.tgparentid = 0"
            " CROSS JOIN LATERAL plpgsql_check_function_tb(p.oid, coalesce(t.tgrelid, 0)) c"
            " WHERE p.pronamespace = 'public'::regnamespace AND c.level = 'error'"
            " AND (p.prorettype <> 'trigger'::regtype OR t.oid IS NOT NULL)"),
        "");
    assert_string_equal(database_cell(&database,
                                      "SELECT count(*) > 10 FROM pg_proc p JOIN pg_language l"
                                      " ON l.oid = p.prolang AND l.lanname = 'plpgsql'"
                                      " WHERE p.pronamespace = 'public'::regnamespace"),
                        "t");
}

static void names_every_constraint_and_index(void **state) {
    (void)state;
    assert_string_equal(
        database_cell(
            &database,
            "SELECT string_agg(conrelid::regclass || '.' || conname, ' ') FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'f', 'c')"
            " AND conparentid = 0 AND conname ~ '_(pkey|fkey|key|check)[0-9]*$'"),
        "");
}

/* The first of them where there is none: the test then fails. */
static const struct migration *get_migration(const char *name) {
    size_t i = MIGRATIONS_COUNT;
    while (--i > 0 && strcmp(MIGRATIONS[i].name, name) != 0) {
    }
    return &MIGRATIONS[i];
}

/* A database of before, with a program, and a webhook that it made. */
static void makes_the_maker_of_a_program_responsible(void **state) {
    (void)state;
    const struct migration *migration = get_migration("0088_responsible_persons");
    assert_ptr_not_equal(migration, MIGRATIONS);
    struct database former;
    database_create(&former, false);
    for (const struct migration *one = MIGRATIONS; one < migration; one++) {
        assert_true(database_run(&former, one->text));
    }
    assert_true(database_run(
        &former,
        "INSERT INTO organisation (siret, name, state) VALUES ('21690123100011', 'Lyon', 'open');"
        "INSERT INTO account (id, email, email_key, given_name, family_name, state) VALUES"
        " ('00000000-0000-4000-8000-000000000001', 'a@lyon.example', 'a@lyon.example', 'A', 'A',"
        " 'active');"
        "INSERT INTO client (id, account_id, name, siret, scopes) VALUES"
        " ('00000000-0000-4000-8000-0000000000c1', '00000000-0000-4000-8000-000000000001', 'Paie',"
        " '21690123100011', '{webhooks}');"
        "INSERT INTO webhook (id, account_id, product, siret, url, events) SELECT id::uuid,"
        " '00000000-0000-4000-8000-000000000001', 'p', '21690123100011', 'https://x.example', '{e}'"
        " FROM unnest(ARRAY['00000000-0000-4000-8000-0000000000d1',"
        "                   '00000000-0000-4000-8000-0000000000d2']) id;"
        "INSERT INTO audit (actor_kind, action, subject_type, subject_id, detail, hash) VALUES"
        " ('client', 'webhook.create', 'webhook', '00000000-0000-4000-8000-0000000000d1',"
        "  '{\"client_id\": \"00000000-0000-4000-8000-0000000000c1\"}', ''),"
        " ('account', 'webhook.create', 'webhook', '00000000-0000-4000-8000-0000000000d2', '{}', "
        "'');"));
    assert_true(database_run(&former, migration->text));
    assert_string_equal(
        database_cell(&former, "SELECT string_agg(client_id || ' ' || account_id, ', ')"
                               " FROM client_person WHERE accepted_at IS NOT NULL"),
        "00000000-0000-4000-8000-0000000000c1 00000000-0000-4000-8000-000000000001");
    assert_string_equal(database_cell(&former, "SELECT string_agg(right(id::text, 2), ' ')"
                                               " FROM webhook WHERE client_id IS NOT NULL"),
                        "d1");
    database_drop(&former);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(applies_each_once_when_five_run_at_once),
        cmocka_unit_test(is_idempotent),
        cmocka_unit_test(replays_a_function_whose_text_changed),
        cmocka_unit_test(a_long_reader_makes_it_wait_and_nobody_behind_it),
        cmocka_unit_test(gives_up_after_its_tries_and_says_who_holds_the_table),
        cmocka_unit_test(has_every_function_and_policy_among_the_texts),
        cmocka_unit_test(has_no_mistake_in_the_body_of_a_function),
        cmocka_unit_test(names_every_constraint_and_index),
        cmocka_unit_test(makes_the_maker_of_a_program_responsible),
        cmocka_unit_test(refuses_a_migration_that_was_changed_after_it_ran),
    };
    return cmocka_run_group_tests(tests, create, drop);
}
