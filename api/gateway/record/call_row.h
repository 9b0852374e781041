#ifndef GUICHET_GATEWAY_RECORD_CALL_ROW_H
#define GUICHET_GATEWAY_RECORD_CALL_ROW_H
/* One row of the call log, as text of COPY. Pure functions. */
#include "base/buf.h"
#include <stdbool.h>
#include <stdint.h>

struct call_row {
    int64_t at_ms; /* since 1970 */
    const char *token_id;
    const char *endpoint; /* NULL: unknown path */
    const char *params;   /* JSON object of texts; NULL: none */
    const char *context;  /* NULL: not given; likewise object and recipient */
    const char *object;
    const char *recipient;
    int status;
    const char *error_code; /* NULL: none */
    int64_t duration_us;
    int64_t provider_us; /* -1: no provider was called */
    const char *request_id;
    const char *address;
    bool is_sandbox; /* the built-in sandbox answered */
};

/* Appends the row and its line break; no other line break is written. Memory that runs short shows in
 * `out->overflowed`. */
void call_row_write(struct buf *out, const struct call_row *row);

#endif
