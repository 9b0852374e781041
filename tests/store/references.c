/* Foreign keys have an index: without one, a deletion of a row that is referred to reads the whole table that refers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "database.h"

static struct database database;

static int create(void **state) {
    (void)state;
    database_create(&database, true);
    return 0;
}

static int drop(void **state) {
    (void)state;
    database_drop(&database);
    return 0;
}

/* Of an index that leaves rows out, those whose keys are NULL alone: they refer to nothing. */
#define BARE                                                                                       \
    "SELECT coalesce(string_agg(c.conrelid::regclass || '.' || c.conname, ', ' ORDER BY 1), '')"   \
    " FROM pg_constraint c"                                                                        \
    " WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND NOT EXISTS ("          \
    "   SELECT FROM pg_index i WHERE i.indrelid = c.conrelid"                                      \
    "     AND (i.indkey::int2[])[0:cardinality(c.conkey) - 1] = c.conkey"                          \
    "     AND (i.indpred IS NULL"                                                                  \
    "          OR pg_get_expr(i.indpred, i.indrelid) = '(' ||"                                     \
    "             (SELECT attname FROM pg_attribute WHERE attrelid = c.conrelid"                   \
    "              AND attnum = c.conkey[1]) || ' IS NOT NULL)'))"

static void every_foreign_key_has_an_index(void **state) {
    (void)state;
    assert_string_equal(database_cell(&database, BARE), "");
}

static void one_without_an_index_is_found(void **state) {
    (void)state;
    assert_true(database_run(&database,
                             "CREATE TABLE planted (id int CONSTRAINT planted_pk PRIMARY"
                             " KEY, other int CONSTRAINT planted_fk REFERENCES planted);"
                             "CREATE INDEX planted_idx ON planted (other) WHERE id > 1"));
    assert_string_equal(database_cell(&database, BARE), "planted.planted_fk");
    assert_true(database_run(&database, "DROP TABLE planted"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_foreign_key_has_an_index),
        cmocka_unit_test(one_without_an_index_is_found),
    };
    return cmocka_run_group_tests(tests, create, drop);
}
