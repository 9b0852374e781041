/* CSV from a file: the first byte says in what pieces it arrives, which must change nothing. */
#include "base/csv.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct pieces {
    const uint8_t *bytes;
    size_t left;
    size_t step;
};

static enum err next_piece(void *state, char *out, size_t room, size_t *length) {
    struct pieces *pieces = state;
    size_t take = pieces->left < pieces->step ? pieces->left : pieces->step;
    take = take < room ? take : room;
    memcpy(out, pieces->bytes, take);
    pieces->bytes += take;
    pieces->left -= take;
    *length = take;
    return ERR_NONE;
}

/* A number that depends on every field, and on how reading ended. */
static size_t digest(const uint8_t *bytes, size_t length, size_t step) {
    struct pieces pieces = {bytes, length, step};
    struct csv csv;
    char *fields[CSV_FIELDS_MAX];
    size_t count = 0;
    size_t sum = 0;
    if (csv_init(&csv, next_piece, &pieces) != ERR_NONE) {
        abort();
    }
    enum err e = csv_next(&csv, fields, &count);
    for (; e == ERR_NONE && count > 0; e = csv_next(&csv, fields, &count)) {
        for (size_t i = 0; i < count; i++) {
            for (const char *c = fields[i]; *c != '\0'; c++) {
                sum = sum * 31 + (unsigned char)*c;
            }
            sum = sum * 31 + 7;
        }
    }
    csv_clear(&csv);
    return sum * 31 + (size_t)e;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 0 &&
        digest(data + 1, size - 1, 1 + data[0] % 16) != digest(data + 1, size - 1, SIZE_MAX)) {
        abort();
    }
    return 0;
}
