#ifndef GUICHET_ORGANISATION_DIRECTORY_IMPORT_H
#define GUICHET_ORGANISATION_DIRECTORY_IMPORT_H
/* Fills the directory with INSEE's stock files StockUniteLegale and StockEtablissement (CSV, gzip or
 * zip), known by their columns, in one pass each and constant memory. Rows are laid down in batches;
 * a run that was cut goes on behind the last batch when the same files are given again. The former
 * directory answers until the new one is complete. */
#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

enum { DIRECTORY_IMPORT_BATCH_ROWS = 50000 };

struct directory_import_progress {
    const char *path; /* NULL: the directory is being made out of the files */
    int64_t rows;
    int64_t position_bytes; /* of the file as it is on disk */
    int64_t size_bytes;
    int64_t resumed_at_row; /* 0: from the start */
};

struct directory_import {
    const char *owner_url; /* connects as the owner of the database */
    const char *const *paths;
    size_t paths_count; /* one file of each kind, in any order */
    void (*report)(const struct directory_import_progress *progress);
    int64_t published; /* out: establishments in the directory now */
    char message[512]; /* out: what went wrong */
};

/* ERR_NOT_FOUND, ERR_INVALID: a file; ERR_UNAVAILABLE, ERR_INTERNAL: the database. */
MUST_CHECK enum err directory_import_run(struct directory_import *import);

#endif
