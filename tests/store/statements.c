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

/* A mistake of one statement; the caller says in what file. */
#define WRONG(failures, sql, ...)                                                                  \
    do {                                                                                           \
        print_error("%s: ", (sql)->name);                                                          \
        print_error(__VA_ARGS__);                                                                  \
        print_error("\n");                                                                         \
        (*(failures))++;                                                                           \
    } while (0)

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
                         size_t *failures) {
    const size_t count = (size_t)PQnparams(described);
    if (count != sql->params_count) {
        WRONG(failures, sql, "%zu parameters, the signature names %zu", count, sql->params_count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        char type[TYPE_BYTES];
        type_of(pg, PQparamtype(described, (int)i), type);
        if (strcmp(type, sql->params[i].type) != 0) {
            WRONG(failures, sql,
                  "parameter $%zu is %s, not %s: write “%s %s” or cast it in the text", i + 1, type,
                  sql->params[i].type, sql->params[i].name, type);
        }
    }
}

static void check_null(PGconn *pg, const struct sql *sql, const PGresult *described, size_t place,
                       size_t *failures) {
    const struct sql_member *column = &sql->columns[place];
    const enum origin origin = origin_of(pg, described, (int)place);
    if (column->null == SQL_NOT_NULL && origin == ORIGIN_NULLABLE) {
        WRONG(
            failures, sql,
            "column “%s” may be NULL in its table: write “%s %s?”, or “%s %s!” where the statement "
            "never returns NULL",
            column->name, column->name, column->type, column->name, column->type);
    }
    if (column->null == SQL_ENSURED && origin != ORIGIN_NULLABLE) {
        WRONG(failures, sql, "column “%s”: “!” says nothing here, write “%s %s”", column->name,
              column->name, column->type);
    }
}

static void check_columns(PGconn *pg, const struct sql *sql, const PGresult *described,
                          size_t *failures) {
    const size_t count = (size_t)PQnfields(described);
    if (sql->columns_count == 0) {
        return; /* :exec and :affected let them go */
    }
    if (count != sql->columns_count) {
        WRONG(failures, sql, "%zu columns, the signature names %zu", count, sql->columns_count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const struct sql_member *column = &sql->columns[i];
        const char *name = PQfname(described, (int)i);
        char type[TYPE_BYTES];
        type_of(pg, PQftype(described, (int)i), type);
        if (strcmp(name, column->name) != 0 || strcmp(type, column->type) != 0) {
            WRONG(failures, sql, "column %zu is “%s %s”, the signature says “%s %s”", i + 1, name,
                  type, column->name, column->type);
        } else {
            check_null(pg, sql, described, i, failures);
        }
    }
}

/* NULL, noted, where the statement does not prepare. */
static PGresult *describe(PGconn *pg, const struct sql *sql, size_t *failures) {
    PGresult *prepared = PQprepare(pg, sql->name, sql->text, 0, NULL);
    PGresult *described = NULL;
    if (PQresultStatus(prepared) == PGRES_COMMAND_OK) {
        described = PQdescribePrepared(pg, sql->name);
        assert_int_equal(PQresultStatus(described), PGRES_COMMAND_OK);
    } else {
        WRONG(failures, sql, "%s", PQresultErrorMessage(prepared));
    }
    PQclear(prepared);
    return described;
}

static void every_statement_is_what_its_signature_says(void **state) {
    (void)state;
    struct database database;
    database_create(&database, true);
    PGconn *pg = PQconnectdb(database.app_url);
    assert_int_equal(PQstatus(pg), CONNECTION_OK);
    size_t failures = 0;
    for (const struct sql *const *sql = SQL_ALL; *sql != NULL; sql++) {
        PGresult *described = describe(pg, *sql, &failures);
        if (described != NULL && (*sql)->is_typed) {
            check_params(pg, *sql, described, &failures);
            check_columns(pg, *sql, described, &failures);
        }
        PQclear(described);
    }
    PQfinish(pg);
    database_drop(&database);
    assert_int_equal(failures, 0);
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
    size_t failures = 0;
    PGconn *pg = PQconnectdb(getenv("GUICHET_DATABASE_URL"));
    for (int i = 0; i < count; i++) {
        const struct sql sql = {.name = paths[i], .text = text};
        PGresult *described = read_statement(paths[i], text) ? describe(pg, &sql, &failures) : NULL;
        if (described != NULL) {
            print_signature(pg, &sql, described);
        }
        PQclear(described);
    }
    PQfinish(pg);
    return failures > 0;
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_statement_is_what_its_signature_says)};
    return argc > 1 ? print_signatures(argc - 1, argv + 1)
                    : cmocka_run_group_tests(tests, NULL, NULL);
}
