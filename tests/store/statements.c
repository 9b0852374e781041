/* Every statement of sql/queries prepares against a migrated, empty database, as the application, and is
 * what its signature says: PostgreSQL names the types of parameters and columns, and the tables that
 * columns come from. All mistakes are listed at once.
 *
 * `script/with-database build/tests/store_statements FILE…` prints the signatures that PostgreSQL sees,
 * to be pasted and named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "database.h"
#include "engine/catalogue.h"
#include "signatures.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static PGconn *connect(struct database *database) {
    database_create(database, true);
    PGconn *pg = PQconnectdb(database->app_url);
    assert_int_equal(PQstatus(pg), CONNECTION_OK);
    return pg;
}

static void every_statement_is_what_its_signature_says(void **state) {
    static struct signatures_report report;
    (void)state;
    struct database database;
    PGconn *pg = connect(&database);
    for (const struct sql *const *sql = SQL_ALL; *sql != NULL; sql++) {
        signatures_check(pg, *sql, &report);
    }
    PQfinish(pg);
    database_drop(&database);
    assert_string_equal(report.text, "");
}

/* The check itself: signatures that say something else than these statements. */
static void reports_a_signature_that_does_not_match(void **state) {
    static const struct sql_member ID[] = {{"id", "uuid", SQL_TEXT, SQL_NOT_NULL, 0}};
    static const struct sql_member NUMBER[] = {{"id", "int8", SQL_INT, SQL_NOT_NULL, 0}};
    static const struct sql_member KEY[] = {{"key", "uuid", SQL_TEXT, SQL_NOT_NULL, 0}};
    static const struct sql_member REASON[] = {
        {"revocation_reason", "text", SQL_TEXT, SQL_NOT_NULL, 0}};
    static const struct sql_member ENSURED[] = {{"id", "uuid", SQL_TEXT, SQL_ENSURED, 0}};
#define TYPED(name_, text_) .name = name_, .text = text_
#define PARAMS(members) .params = members, .params_count = 1
#define COLUMNS(members) .columns = members, .columns_count = 1
    static const struct {
        struct sql sql;
        const char *message;
    } ROWS[] = {
        {{TYPED("fits", "SELECT id FROM token WHERE id = $1"), PARAMS(ID), COLUMNS(ID)}, ""},
        {{TYPED("syntax", "SELECT id FROM token WHERE"), COLUMNS(ID)},
         "syntax: ERROR:  syntax error at end of input\nLINE 1: SELECT id FROM token WHERE\n"
         "                                  ^\n\n"},
        {{TYPED("params", "SELECT id FROM token"), PARAMS(ID), COLUMNS(ID)},
         "params: 0 parameters, the signature names 1\n"},
        {{TYPED("param", "SELECT id FROM token WHERE id = $1"), PARAMS(NUMBER), COLUMNS(ID)},
         "param: parameter $1 is uuid, not int8: write “id uuid” or cast it in the text\n"},
        {{TYPED("columns", "SELECT id, siret FROM token"), COLUMNS(ID)},
         "columns: 2 columns, the signature names 1\n"},
        {{TYPED("name", "SELECT id FROM token"), COLUMNS(KEY)},
         "name: column 1 is “id uuid”, the signature says “key uuid”\n"},
        {{TYPED("type", "SELECT id FROM token"), COLUMNS(NUMBER)},
         "type: column 1 is “id uuid”, the signature says “id int8”\n"},
        {{TYPED("null", "SELECT revocation_reason FROM token"), COLUMNS(REASON)},
         "null: column “revocation_reason” may be NULL in its table: write “revocation_reason "
         "text?”, "
         "or “revocation_reason text!” where the statement never returns NULL\n"},
        {{TYPED("ensured", "SELECT id FROM token"), COLUMNS(ENSURED)},
         "ensured: column “id”: “!” says nothing here, write “id uuid”\n"},
    };
    (void)state;
    struct database database;
    PGconn *pg = connect(&database);
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        static struct signatures_report report;
        report = (struct signatures_report){.length = 0};
        signatures_check(pg, &ROWS[i].sql, &report);
        assert_string_equal(report.text, ROWS[i].message);
    }
    PQfinish(pg);
    database_drop(&database);
}

/* --- Signatures to be pasted ------------------------------------------------------------------ */

static void print_column(PGconn *pg, const struct sql *sql, const PGresult *described, int column) {
    char type[SIGNATURES_TYPE_BYTES];
    const enum origin origin = signatures_origin_of(pg, described, column);
    const char *hint = "";
    if (origin == ORIGIN_EXPRESSION) {
        hint = " -- an expression: can it be NULL?";
    } else if (origin == ORIGIN_NOT_NULL && strstr(sql->text, "LEFT JOIN") != NULL) {
        hint = " -- behind the LEFT JOIN?";
    }
    signatures_type_of(pg, PQftype(described, column), type);
    print_message("--     %s %s%s%s%s\n", PQfname(described, column), type,
                  origin == ORIGIN_NULLABLE ? "?" : "",
                  column + 1 < PQnfields(described) ? "," : ")", hint);
}

static void print_signature(PGconn *pg, const struct sql *sql, const PGresult *described) {
    print_message("%s\n-- %s (", sql->name, PQnfields(described) > 0 ? ":one" : ":exec");
    for (int i = 0; i < PQnparams(described); i++) {
        char type[SIGNATURES_TYPE_BYTES];
        signatures_type_of(pg, PQparamtype(described, i), type);
        print_message("%sp%d %s", i > 0 ? ", " : "", i + 1, type);
    }
    print_message(PQnfields(described) > 0 ? ") -> row (\n" : ")\n");
    for (int i = 0; i < PQnfields(described); i++) {
        print_column(pg, sql, described, i);
    }
}

static bool read_statement(const char *path, char text[SIGNATURES_TEXT_BYTES]) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        print_error("%s cannot be read\n", path);
        return false;
    }
    text[fread(text, 1, SIGNATURES_TEXT_BYTES - 1, file)] = '\0';
    (void)fclose(file);
    return true;
}

static int print_signatures(int count, char **paths) {
    static char text[SIGNATURES_TEXT_BYTES];
    static struct signatures_report report;
    PGconn *pg = PQconnectdb(getenv("GUICHET_DATABASE_URL"));
    for (int i = 0; i < count; i++) {
        const struct sql sql = {.name = paths[i], .text = text};
        PGresult *described =
            read_statement(paths[i], text) ? signatures_describe(pg, &sql, &report) : NULL;
        if (described != NULL) {
            print_signature(pg, &sql, described);
        }
        PQclear(described);
    }
    PQfinish(pg);
    print_error("%s", report.text);
    return report.length > 0;
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_statement_is_what_its_signature_says),
        cmocka_unit_test(reports_a_signature_that_does_not_match),
    };
    return argc > 1 ? print_signatures(argc - 1, argv + 1)
                    : cmocka_run_group_tests(tests, NULL, NULL);
}
