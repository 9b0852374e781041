#ifndef GUICHET_TESTS_STORE_SIGNATURES_H
#define GUICHET_TESTS_STORE_SIGNATURES_H
/* Compares statements with a database: what PostgreSQL says of them, and what their signature says. */
#include "engine/catalogue.h"
#include <libpq-fe.h>
#include <stdbool.h>

enum { SIGNATURES_TYPE_BYTES = 64, SIGNATURES_TEXT_BYTES = 64 * 1024 };

/* The mistakes found, a line each. Zeroed at first. */
struct signatures_report {
    char text[SIGNATURES_TEXT_BYTES];
    size_t length;
    bool
        is_of_former; /* statements of a former release: what became narrower does not matter to them */
};

enum origin { ORIGIN_EXPRESSION, ORIGIN_NOT_NULL, ORIGIN_NULLABLE };

/* Adds what is wrong with one statement, which stays prepared under its name. */
void signatures_check(PGconn *pg, const struct sql *sql, struct signatures_report *report);
/* Adds a line where the role of the connection lacks a right that the prepared statement needs. */
void signatures_check_rights(PGconn *pg, const struct sql *sql, struct signatures_report *report);
/* Prepares and describes it; NULL, with a line in the report, where it does not prepare. */
PGresult *signatures_describe(PGconn *pg, const struct sql *sql, struct signatures_report *report);
/* A type as signatures write it: `_text` is "text[]". */
void signatures_type_of(PGconn *pg, Oid oid, char type[SIGNATURES_TYPE_BYTES]);
/* Where a column of a result comes from. */
enum origin signatures_origin_of(PGconn *pg, const PGresult *described, int column);

#endif
