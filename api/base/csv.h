#ifndef GUICHET_BASE_CSV_H
#define GUICHET_BASE_CSV_H
/* Reads CSV (RFC 4180) row by row in one pass: commas, fields in double quotes where needed, quotes
 * within doubled, line ends CRLF or LF. One thread uses a reader. */
#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CSV_ROW_BYTES_MAX = 1024 * 1024, CSV_FIELDS_MAX = 256 };

/* Reads up to `room` bytes; 0 at the end. */
typedef enum err (*csv_source)(void *state, char *out, size_t room, size_t *length);

struct csv {
    csv_source source;
    void *state;
    char *bytes;
    size_t capacity;
    size_t start; /* of what is not read yet */
    size_t end;
    bool at_end; /* the source has nothing more */
    int64_t rows;
    int64_t source_bytes; /* read from the source so far */
};

MUST_CHECK enum err csv_init(struct csv *csv, csv_source source, void *state);
void csv_clear(struct csv *csv);
/* The next row; its fields are valid until the next call. `*count` is 0 at the end. ERR_INVALID where
 * a row is too long, has too many fields, holds a NUL or misplaced quotes, or ends within quotes. */
MUST_CHECK enum err csv_next(struct csv *csv, char *fields[CSV_FIELDS_MAX], size_t *count);

#endif
