/* Migrations: once each, whatever the number of hands; a changed one is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "database.h"
#include "engine/migrate.h"
#include "engine/sql.h"
#include <pthread.h>
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
    hand->err = migrate_run(database.owner_url, &hand->report);
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
    assert_int_equal(applied, MIGRATIONS_COUNT);
    bool current = false;
    assert_int_equal(migrate_check(database.app_url, &current), ERR_NONE);
    assert_true(current);
}

static void does_nothing_the_second_time(void **state) {
    (void)state;
    struct migrate_report report;
    assert_int_equal(migrate_run(database.owner_url, &report), ERR_NONE);
    assert_int_equal(report.applied, 0);
    assert_int_equal(report.version, MIGRATIONS[MIGRATIONS_COUNT - 1].version);
}

static void refuses_a_migration_that_was_changed_after_it_ran(void **state) {
    (void)state;
    struct migrate_report report;
    assert_true(database_run(&database,
                             "UPDATE schema_migration SET checksum = 'other' WHERE version = 2"));
    assert_int_equal(migrate_run(database.owner_url, &report), ERR_CONFLICT);
    assert_non_null(strstr(report.message, "0002_accounts"));
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(applies_each_once_when_five_run_at_once),
        cmocka_unit_test(does_nothing_the_second_time),
        cmocka_unit_test(names_every_constraint_and_index),
        cmocka_unit_test(refuses_a_migration_that_was_changed_after_it_ran),
    };
    return cmocka_run_group_tests(tests, create, drop);
}
