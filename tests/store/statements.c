/* Every statement of sql/queries prepares against a migrated, empty database, as the application. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "database.h"
#include "engine/sql.h"

static void prepares_every_statement(void **state) {
    (void)state;
    struct database database;
    database_create(&database, true);
    PGconn *pg = PQconnectdb(database.app_url);
    assert_int_equal(PQstatus(pg), CONNECTION_OK);
    size_t failures = 0;
    for (const struct sql *const *sql = SQL_ALL; *sql != NULL; sql++) {
        PGresult *result = PQprepare(pg, (*sql)->name, (*sql)->text, 0, NULL);
        if (PQresultStatus(result) != PGRES_COMMAND_OK) {
            print_error("%s: %s", (*sql)->name, PQresultErrorMessage(result));
            failures++;
        }
        PQclear(result);
    }
    PQfinish(pg);
    database_drop(&database);
    assert_int_equal(failures, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(prepares_every_statement)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
