#ifndef GUICHET_ORGANISATION_DIRECTORY_IMPORT_H
#define GUICHET_ORGANISATION_DIRECTORY_IMPORT_H
/* Fills the directory with INSEE's stock files StockUniteLegale and StockEtablissement (CSV, gzip or zip),
 * recognised by their columns, in one pass each and in constant memory. Rows are stored in batches; a run
 * that was interrupted continues after its last batch when the same files are given again. The former
 * directory stays in use until the new one is complete. */
#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

enum { DIRECTORY_IMPORT_BATCH_ROWS = 50000 };

struct directory_import_progress {
    const char *path; /* NULL: both files are read, and the directory is being built */
    int64_t rows;
    int64_t position_bytes; /* in the file on disk, compressed or not */
    int64_t size_bytes;
    int64_t resumed_at_row; /* 0: from the start */
};

struct directory_import {
    const char *owner_url; /* of the database; connects as its owner */
    const char *const *paths;
    size_t paths_count; /* one file of each kind, in any order */
    void (*report)(const struct directory_import_progress *progress);
    int64_t published; /* out: establishments in the directory now */
    char message[512]; /* out: what went wrong */
};

/* Calls `report` after each batch, in the same thread. ERR_NOT_FOUND, ERR_INVALID: a file;
 * ERR_UNAVAILABLE, ERR_INTERNAL: the database. Takes minutes: for commands only. */
MUST_CHECK enum err directory_import_run(struct directory_import *import);

#endif
