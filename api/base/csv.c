#include "base/csv.h"
#include <stdlib.h>
#include <string.h>

enum { BUFFER_BYTES = 2 * CSV_ROW_BYTES_MAX };

enum err csv_init(struct csv *csv, csv_source source, void *state) {
    *csv = (struct csv){.source = source, .state = state, .capacity = BUFFER_BYTES};
    csv->bytes = malloc(BUFFER_BYTES + 1);
    return csv->bytes == NULL ? err_internal("no memory") : ERR_NONE;
}

void csv_clear(struct csv *csv) {
    free(csv->bytes);
    *csv = (struct csv){0};
}

/* Moves the unread rest to the front and reads more. */
static enum err fill(struct csv *csv) {
    memmove(csv->bytes, csv->bytes + csv->start, csv->end - csv->start);
    csv->end -= csv->start;
    csv->start = 0;
    while (!csv->at_end && csv->end < csv->capacity) {
        size_t length = 0;
        TRY(csv->source(csv->state, csv->bytes + csv->end, csv->capacity - csv->end, &length));
        csv->end += length;
        csv->source_bytes += (int64_t)length;
        csv->at_end = length == 0;
    }
    return ERR_NONE;
}

/* Where the line break of the row is; `end` where the row has none yet. */
static size_t find_row_end(const struct csv *csv) {
    bool quoted = false;
    for (size_t i = csv->start; i < csv->end; i++) {
        if (csv->bytes[i] == '"') {
            quoted = !quoted;
        } else if (csv->bytes[i] == '\n' && !quoted) {
            return i;
        }
    }
    return csv->end;
}

/* Removes the quotes in place; `*next` is behind the field. */
static enum err read_quoted(char *field, char **next) {
    char *to = field;
    char *from = field + 1;
    for (;; from++) {
        if (*from == '\0') {
            return ERR_INVALID;
        }
        if (*from == '"' && *++from != '"') {
            break;
        }
        *to++ = *from;
    }
    if (*from != ',' && *from != '\0') {
        return ERR_INVALID;
    }
    *next = from;
    if (*from == ',') {
        *from = '\0';
        *next = from + 1;
    } else {
        *next = NULL;
    }
    *to = '\0';
    return ERR_NONE;
}

static enum err read_plain(char *field, char **next) {
    char *comma = strchr(field, ',');
    if (comma != NULL) {
        *comma = '\0';
    }
    *next = comma == NULL ? NULL : comma + 1;
    return strchr(field, '"') == NULL ? ERR_NONE : ERR_INVALID;
}

static enum err split(char *row, char *fields[CSV_FIELDS_MAX], size_t *count) {
    for (char *field = row; field != NULL;) {
        char *next = NULL;
        if (*count == CSV_FIELDS_MAX) {
            return ERR_INVALID;
        }
        fields[(*count)++] = field;
        TRY(*field == '"' ? read_quoted(field, &next) : read_plain(field, &next));
        field = next;
    }
    return ERR_NONE;
}

enum err csv_next(struct csv *csv, char *fields[CSV_FIELDS_MAX], size_t *count) {
    *count = 0;
    size_t row_end = find_row_end(csv);
    if (row_end == csv->end && !csv->at_end) {
        TRY(fill(csv));
        row_end = find_row_end(csv);
    }
    if (csv->start == csv->end) {
        return ERR_NONE;
    }
    if (row_end == csv->end && !csv->at_end) {
        return ERR_INVALID; /* a row longer than the buffer */
    }
    char *row = csv->bytes + csv->start;
    size_t length = row_end - csv->start;
    csv->start = row_end == csv->end ? row_end : row_end + 1;
    csv->rows++;
    length -= length > 0 && row[length - 1] == '\r' ? 1 : 0;
    if (length > CSV_ROW_BYTES_MAX || memchr(row, '\0', length) != NULL) {
        return ERR_INVALID;
    }
    row[length] = '\0';
    return split(row, fields, count);
}
