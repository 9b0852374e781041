#ifndef GUICHET_ORGANISATION_DIRECTORY_IMPORT_H
#define GUICHET_ORGANISATION_DIRECTORY_IMPORT_H
/* Fills the directory with INSEE's stock files StockUniteLegale and StockEtablissement (CSV, gzip or zip),
 * recognised by their columns, in one pass each and in constant memory. Rows are stored in batches; a run
 * that was interrupted continues after its last batch when the same files are given again. The former
 * directory stays in use until the new one is complete. */
#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DIRECTORY_IMPORT_BATCH_ROWS = 50000,
    DIRECTORY_IMPORT_SHRINK_PERCENT_MAX = 10,
    /* What tests/bench/import_directory.mjs found with five million establishments, rounded to the safe side. */
    DIRECTORY_IMPORT_ROWS_PER_S = 150000, /* of both files, the index included */
    DIRECTORY_IMPORT_PEAK_BYTES = 400,    /* disk for an establishment and its unit while it runs */
    DIRECTORY_IMPORT_KEPT_BYTES = 200,    /* afterwards */
};

struct directory_import_progress {
    const char *path; /* NULL: both files are read, and the directory is being built */
    int64_t rows;
    int64_t position_bytes; /* in the file on disk, compressed or not */
    int64_t size_bytes;
    int64_t resumed_at_row; /* 0: from the start */
};

/* What an import is going to take, by the size of the files and the rows at their head. */
struct directory_import_estimate {
    int64_t rows; /* of both files */
    int64_t seconds;
    int64_t peak_bytes; /* disk of PostgreSQL while it runs, beside the former directory */
    int64_t kept_bytes; /* afterwards */
};

struct directory_import {
    const char *owner_url; /* of the database; connects as its owner */
    const char *const *paths;
    size_t paths_count; /* one file of each kind, in any order */
    bool
        allow_shrink; /* a directory smaller by more than DIRECTORY_IMPORT_SHRINK_PERCENT_MAX is meant */
    void (*report)(const struct directory_import_progress *progress);
    int64_t published; /* out: establishments in the directory now */
    char message[512]; /* out: what went wrong */
};

/* Reads the head of the files, without the database. ERR_NOT_FOUND, ERR_INVALID: a file, or not one of each kind. */
MUST_CHECK enum err directory_import_estimate(struct directory_import *import,
                                              struct directory_import_estimate *out);
/* Calls `report` after each batch, in the same thread. ERR_NOT_FOUND, ERR_INVALID: a file, one with a number twice,
 * or a directory that would shrink: then nothing changed, and the rows read so far are kept for the next run.
 * ERR_UNAVAILABLE, ERR_INTERNAL: the database. Takes minutes: for commands only. */
MUST_CHECK enum err directory_import_run(struct directory_import *import);

#endif
