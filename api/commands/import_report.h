#ifndef GUICHET_COMMANDS_IMPORT_REPORT_H
#define GUICHET_COMMANDS_IMPORT_REPORT_H
/* The report of `guichet import-requests`: what is to be said of each row on standard output, by its place, its
 * former number and the field; the same as CSV in a file; the totals. One thread uses it. */
#include "account/request_import.h"
#include "base/json_items.h"
#include <stdio.h>

struct import_report {
    FILE *file; /* CSV; NULL: none is wanted */
    const char *path;
    int64_t rows[REQUEST_IMPORT_OUTCOMES];
    int64_t accounts;
    int64_t tokens;
};

/* `path` NULL: no file. Only its owner may read it. ERR_NOT_FOUND: it cannot be written. */
MUST_CHECK enum err import_report_open(struct import_report *report, const char *path);
/* Counts a row and says what there is to say of it: `first` to the last error of a list; `number` may be NULL. */
void import_report_add(struct import_report *report, const struct json_item *item,
                       const char *number, enum request_import_outcome outcome,
                       const struct field_error *first);
/* Prints the totals. */
void import_report_print(const struct import_report *report, bool dry_run);
/* ERR_UNAVAILABLE: the file is not whole. */
MUST_CHECK enum err import_report_close(struct import_report *report);

#endif
