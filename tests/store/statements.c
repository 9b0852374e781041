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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TYPE_BYTES = 64, TEXT_BYTES = 64 * 1024 };

/* The mistakes found, a line each. */
struct report {
    char text[TEXT_BYTES];
    size_t length;
};

__attribute__((format(printf, 3, 4))) static void
wrong(struct report *report, const struct sql *sql, const char *format, ...) {
    char what[1024];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    const int length = snprintf(report->text + report->length, TEXT_BYTES - report->length,
                                "%s: %s\n", sql->name, what);
    report->length += (size_t)length < TEXT_BYTES - report->length ? (size_t)length : 0;
}

static bool ask(PGconn *pg, const char *question, const char *const *values, int count, char *cell,
                size_t size) {
    PGresult *result = PQexecParams(pg, question, count, NULL, values, NULL, NULL, 0);
    const bool found = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1;
    (void)snprintf(cell, size, "%s", found ? PQgetvalue(result, 0, 0) : "?");
    PQclear(result);
    return found;
}

/* As signatures write it: `_text` is "text[]". */
static void type_of(PGconn *pg, Oid oid, char type[TYPE_BYTES]) {
    char number[16];
    const char *const values[] = {number};
    (void)snprintf(number, sizeof number, "%u", oid);
    assert_true(ask(pg,
                    "SELECT regexp_replace(typname, '^_(.*)', '\\1[]') FROM pg_type"
                    " WHERE oid = $1::oid",
                    values, 1, type, TYPE_BYTES));
}

enum origin { ORIGIN_EXPRESSION, ORIGIN_NOT_NULL, ORIGIN_NULLABLE };

static enum origin origin_of(PGconn *pg, const PGresult *described, int column) {
    char table[16];
    char place[16];
    char answer[8];
    const char *const values[] = {table, place};
    (void)snprintf(table, sizeof table, "%u", PQftable(described, column));
    (void)snprintf(place, sizeof place, "%d", PQftablecol(described, column));
    if (PQftable(described, column) == InvalidOid ||
        !ask(pg,
             "SELECT attnotnull FROM pg_attribute WHERE attrelid = $1::oid AND attnum = $2::int2",
             values, 2, answer, sizeof answer)) {
        return ORIGIN_EXPRESSION;
    }
    return answer[0] == 't' ? ORIGIN_NOT_NULL : ORIGIN_NULLABLE;
}

static void check_params(PGconn *pg, const struct sql *sql, const PGresult *described,
                         struct report *report) {
    const size_t count = (size_t)PQnparams(described);
    if (count != sql->params_count) {
        wrong(report, sql, "%zu parameters, the signature names %zu", count, sql->params_count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        char type[TYPE_BYTES];
        type_of(pg, PQparamtype(described, (int)i), type);
        if (strcmp(type, sql->params[i].type) != 0) {
            wrong(report, sql, "parameter $%zu is %s, not %s: write “%s %s” or cast it in the text",
                  i + 1, type, sql->params[i].type, sql->params[i].name, type);
        }
    }
}

static void check_null(PGconn *pg, const struct sql *sql, const PGresult *described, size_t place,
                       struct report *report) {
    const struct sql_member *column = &sql->columns[place];
    const enum origin origin = origin_of(pg, described, (int)place);
    if (column->null == SQL_NOT_NULL && origin == ORIGIN_NULLABLE) {
        wrong(
            report, sql,
            "column “%s” may be NULL in its table: write “%s %s?”, or “%s %s!” where the statement "
            "never returns NULL",
            column->name, column->name, column->type, column->name, column->type);
    }
    if (column->null == SQL_ENSURED && origin != ORIGIN_NULLABLE) {
        wrong(report, sql, "column “%s”: “!” says nothing here, write “%s %s”", column->name,
              column->name, column->type);
    }
}

static void check_columns(PGconn *pg, const struct sql *sql, const PGresult *described,
                          struct report *report) {
    const size_t count = (size_t)PQnfields(described);
    if (sql->columns_count == 0) {
        return; /* :exec and :affected let them go */
    }
    if (count != sql->columns_count) {
        wrong(report, sql, "%zu columns, the signature names %zu", count, sql->columns_count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const struct sql_member *column = &sql->columns[i];
        const char *name = PQfname(described, (int)i);
        char type[TYPE_BYTES];
        type_of(pg, PQftype(described, (int)i), type);
        if (strcmp(name, column->name) != 0 || strcmp(type, column->type) != 0) {
            wrong(report, sql, "column %zu is “%s %s”, the signature says “%s %s”", i + 1, name,
                  type, column->name, column->type);
        } else {
            check_null(pg, sql, described, i, report);
        }
    }
}

/* NULL, noted, where the statement does not prepare. */
static PGresult *describe(PGconn *pg, const struct sql *sql, struct report *report) {
    PGresult *prepared = PQprepare(pg, sql->name, sql->text, 0, NULL);
    PGresult *described = NULL;
    if (PQresultStatus(prepared) == PGRES_COMMAND_OK) {
        described = PQdescribePrepared(pg, sql->name);
        assert_int_equal(PQresultStatus(described), PGRES_COMMAND_OK);
    } else {
        wrong(report, sql, "%s", PQresultErrorMessage(prepared));
    }
    PQclear(prepared);
    return described;
}

static void check(PGconn *pg, const struct sql *sql, struct report *report) {
    PGresult *described = describe(pg, sql, report);
    if (described != NULL) {
        check_params(pg, sql, described, report);
        check_columns(pg, sql, described, report);
    }
    PQclear(described);
}

static PGconn *connect(struct database *database) {
    database_create(database, true);
    PGconn *pg = PQconnectdb(database->app_url);
    assert_int_equal(PQstatus(pg), CONNECTION_OK);
    return pg;
}

static void every_statement_is_what_its_signature_says(void **state) {
    static struct report report;
    (void)state;
    struct database database;
    PGconn *pg = connect(&database);
    for (const struct sql *const *sql = SQL_ALL; *sql != NULL; sql++) {
        check(pg, *sql, &report);
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
        static struct report report;
        report = (struct report){.length = 0};
        check(pg, &ROWS[i].sql, &report);
        assert_string_equal(report.text, ROWS[i].message);
    }
    PQfinish(pg);
    database_drop(&database);
}

/* --- Signatures to be pasted ------------------------------------------------------------------ */

static void print_column(PGconn *pg, const struct sql *sql, const PGresult *described, int column) {
    char type[TYPE_BYTES];
    const enum origin origin = origin_of(pg, described, column);
    const char *hint = "";
    if (origin == ORIGIN_EXPRESSION) {
        hint = " -- an expression: can it be NULL?";
    } else if (origin == ORIGIN_NOT_NULL && strstr(sql->text, "LEFT JOIN") != NULL) {
        hint = " -- behind the LEFT JOIN?";
    }
    type_of(pg, PQftype(described, column), type);
    print_message("--     %s %s%s%s%s\n", PQfname(described, column), type,
                  origin == ORIGIN_NULLABLE ? "?" : "",
                  column + 1 < PQnfields(described) ? "," : ")", hint);
}

static void print_signature(PGconn *pg, const struct sql *sql, const PGresult *described) {
    print_message("%s\n-- %s (", sql->name, PQnfields(described) > 0 ? ":one" : ":exec");
    for (int i = 0; i < PQnparams(described); i++) {
        char type[TYPE_BYTES];
        type_of(pg, PQparamtype(described, i), type);
        print_message("%sp%d %s", i > 0 ? ", " : "", i + 1, type);
    }
    print_message(PQnfields(described) > 0 ? ") -> row (\n" : ")\n");
    for (int i = 0; i < PQnfields(described); i++) {
        print_column(pg, sql, described, i);
    }
}

static bool read_statement(const char *path, char text[TEXT_BYTES]) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        print_error("%s cannot be read\n", path);
        return false;
    }
    text[fread(text, 1, TEXT_BYTES - 1, file)] = '\0';
    (void)fclose(file);
    return true;
}

static int print_signatures(int count, char **paths) {
    static char text[TEXT_BYTES];
    static struct report report;
    PGconn *pg = PQconnectdb(getenv("GUICHET_DATABASE_URL"));
    for (int i = 0; i < count; i++) {
        const struct sql sql = {.name = paths[i], .text = text};
        PGresult *described = read_statement(paths[i], text) ? describe(pg, &sql, &report) : NULL;
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
