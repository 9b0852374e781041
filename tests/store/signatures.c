#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "signatures.h"
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 3, 4))) static void
wrong(struct signatures_report *report, const struct sql *sql, const char *format, ...) {
    char what[1024];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    const int length =
        snprintf(report->text + report->length, SIGNATURES_TEXT_BYTES - report->length, "%s: %s\n",
                 sql->name, what);
    report->length += (size_t)length < SIGNATURES_TEXT_BYTES - report->length ? (size_t)length : 0;
}

static bool ask(PGconn *pg, const char *question, const char *const *values, int count, char *cell,
                size_t size) {
    PGresult *result = PQexecParams(pg, question, count, NULL, values, NULL, NULL, 0);
    const bool found = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1;
    (void)snprintf(cell, size, "%s", found ? PQgetvalue(result, 0, 0) : "?");
    PQclear(result);
    return found;
}

void signatures_type_of(PGconn *pg, Oid oid, char type[SIGNATURES_TYPE_BYTES]) {
    char number[16];
    const char *const values[] = {number};
    (void)snprintf(number, sizeof number, "%u", oid);
    assert_true(ask(pg,
                    "SELECT regexp_replace(typname, '^_(.*)', '\\1[]') FROM pg_type"
                    " WHERE oid = $1::oid",
                    values, 1, type, SIGNATURES_TYPE_BYTES));
}

enum origin signatures_origin_of(PGconn *pg, const PGresult *described, int column) {
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
                         struct signatures_report *report) {
    const size_t count = (size_t)PQnparams(described);
    if (count != sql->params_count) {
        wrong(report, sql, "%zu parameters, the signature names %zu", count, sql->params_count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        char type[SIGNATURES_TYPE_BYTES];
        signatures_type_of(pg, PQparamtype(described, (int)i), type);
        if (strcmp(type, sql->params[i].type) != 0) {
            wrong(report, sql, "parameter $%zu is %s, not %s: write “%s %s” or cast it in the text",
                  i + 1, type, sql->params[i].type, sql->params[i].name, type);
        }
    }
}

static void check_null(PGconn *pg, const struct sql *sql, const PGresult *described, size_t place,
                       struct signatures_report *report) {
    const struct sql_member *column = &sql->columns[place];
    const enum origin origin = signatures_origin_of(pg, described, (int)place);
    if (column->null == SQL_NOT_NULL && origin == ORIGIN_NULLABLE) {
        wrong(
            report, sql,
            "column “%s” may be NULL in its table: write “%s %s?”, or “%s %s!” where the statement "
            "never returns NULL",
            column->name, column->name, column->type, column->name, column->type);
    }
    if (!report->is_of_former && column->null == SQL_ENSURED && origin != ORIGIN_NULLABLE) {
        wrong(report, sql, "column “%s”: “!” says nothing here, write “%s %s”", column->name,
              column->name, column->type);
    }
}

static void check_columns(PGconn *pg, const struct sql *sql, const PGresult *described,
                          struct signatures_report *report) {
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
        char type[SIGNATURES_TYPE_BYTES];
        signatures_type_of(pg, PQftype(described, (int)i), type);
        if (strcmp(name, column->name) != 0 || strcmp(type, column->type) != 0) {
            wrong(report, sql, "column %zu is “%s %s”, the signature says “%s %s”", i + 1, name,
                  type, column->name, column->type);
        } else {
            check_null(pg, sql, described, i, report);
        }
    }
}

PGresult *signatures_describe(PGconn *pg, const struct sql *sql, struct signatures_report *report) {
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

void signatures_check(PGconn *pg, const struct sql *sql, struct signatures_report *report) {
    PGresult *described = signatures_describe(pg, sql, report);
    if (described != NULL) {
        check_params(pg, sql, described, report);
        check_columns(pg, sql, described, report);
    }
    PQclear(described);
}

/* Planned and opened, not run: PostgreSQL looks at the rights then. */
void signatures_check_rights(PGconn *pg, const struct sql *sql, struct signatures_report *report) {
    ARENA_AUTO(arena);
    struct buf text;
    buf_init(&text, &arena, SIGNATURES_TEXT_BYTES);
    buf_printf(&text, "EXPLAIN EXECUTE \"%s\"", sql->name);
    for (size_t i = 0; i < sql->params_count; i++) {
        buf_puts(&text, i == 0 ? " (NULL" : ", NULL");
    }
    buf_puts(&text, sql->params_count > 0 ? ")" : "");
    PGresult *explained = PQexec(pg, buf_text(&text));
    const char *state = PQresultErrorField(explained, PG_DIAG_SQLSTATE);
    if (state != NULL && strcmp(state, "42501") == 0) {
        wrong(report, sql, "%s", PQresultErrorField(explained, PG_DIAG_MESSAGE_PRIMARY));
    }
    PQclear(explained);
}
