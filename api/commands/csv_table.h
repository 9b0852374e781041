#ifndef GUICHET_COMMANDS_CSV_TABLE_H
#define GUICHET_COMMANDS_CSV_TABLE_H
/* A CSV file whose first row names its columns, in any order: read row by row, in constant memory. What cannot be
 * read is said on standard error, what is wrong with a row on standard output, by line and column. One thread uses a
 * table. */
#include "base/csv.h"
#include "commands/seen_rows.h"
#include "core/context.h"
#include <stdio.h>

enum { CSV_TABLE_COLUMNS_MAX = 64 };

struct csv_column {
    const char *name;
    bool is_required;
};

struct csv_table {
    const char *command; /* for messages */
    FILE *file;
    struct csv csv;
    int places[CSV_TABLE_COLUMNS_MAX]; /* -1: the file does not have this column */
    char *fields[CSV_FIELDS_MAX];
    size_t fields_count;
    int64_t line; /* of the row, the header being line 1 */
};

/* Opens the file and reads its header. ERR_INVALID, ERR_NOT_FOUND: said already. csv_table_close is needed in every
 * case. `columns`: at most CSV_TABLE_COLUMNS_MAX. */
MUST_CHECK enum err csv_table_open(struct csv_table *table, const char *command, const char *path,
                                   const struct csv_column *columns, size_t count);
void csv_table_close(struct csv_table *table);
/* The next row; `*more` is false at the end. Failures are said already. */
MUST_CHECK enum err csv_table_next(struct csv_table *table, bool *more);
/* "" where the row or the file does not have the column. Valid until the next row. */
const char *csv_table_get(const struct csv_table *table, size_t column);
/* Every mistake of the row, by column; `err` where there is none. */
void csv_table_print_mistakes(const struct csv_table *table, const struct context *context,
                              enum err err);
/* True, after the error of the column, where an earlier row had this value; "" is none. */
bool csv_table_refuse_double(const struct csv_table *table, const struct context *context,
                             struct seen_rows *seen, const char *column, const char *value);

#endif
