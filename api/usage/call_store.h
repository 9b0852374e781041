#ifndef GUICHET_USAGE_CALL_STORE_H
#define GUICHET_USAGE_CALL_STORE_H
/* Calls of the gateway, written in batches. */
#include "base/buf.h"
#include "engine/tx.h"

struct call_row {
    int64_t at_ms;
    const char *token_id;
    const char *endpoint; /* NULL: unknown path */
    const char *params;   /* JSON object of texts; NULL: none */
    const char *context;  /* NULL: not given; so object and recipient */
    const char *object;
    const char *recipient;
    int status;
    const char *error_code; /* NULL: none */
    int64_t duration_us;
    int64_t provider_us; /* -1: no provider was asked */
    const char *request_id;
    const char *address;
};

/* Appends the row in COPY's text format. */
void call_row_write(struct buf *out, const struct call_row *row);
struct call_batch {
    const char *writer_id; /* uuid, one for each call log */
    int64_t number;        /* from 1 on; the same where a batch is sent again */
    int64_t oldest_at_ms;
    const char *text; /* call_row_write's */
    size_t length;
};
/* Writes the batch unless it was: after ERR_UNAVAILABLE it may be sent again without doubling a row.
 * ERR_INVALID where no partition takes one of the rows (call_keep_partitions, then again), or where one
 * of them is malformed. The SQLSTATE of COPY's refusal goes to `sqlstate`, "" without. */
MUST_CHECK enum err call_write_batch(struct pool *pool, const struct call_batch *batch,
                                     char sqlstate[SQLSTATE_BYTES]);
MUST_CHECK enum err call_delete_old_writers(struct pool *pool);
/* Makes the partitions of the coming days, drops those older than `days_kept` days (2 to 30). */
MUST_CHECK enum err call_keep_partitions(struct pool *pool, int64_t days_kept);

#endif
