#ifndef GUICHET_GATEWAY_RECORD_CALL_LOG_H
#define GUICHET_GATEWAY_RECORD_CALL_LOG_H
/* The log of every call, kept off the hot path: rows go to a buffer of bounded size, and one thread writes
 * them by COPY every 100 ms or 1,000 rows. Rows beyond the bound are dropped and counted. Thread-safe. */
#include "engine/pool.h"
#include "gateway/record/call_row.h"

struct call_log;

/* Borrows `pool`. `days_kept` (2 to 30): how many days of calls have partitions. NULL where the thread cannot
 * be started. To be freed by call_log_free. */
struct call_log *call_log_new(struct pool *pool, int64_t days_kept);
/* Writes what is left, retrying for a few seconds, then ends the thread. NULL does nothing. */
void call_log_free(struct call_log *log);
/* Copies the row; never waits for the database. */
void call_log_add(struct call_log *log, const struct call_row *row);
/* Rows since the start: written, dropped (no room, or refused by PostgreSQL), and not yet written. */
void call_log_get_counts(struct call_log *log, uint64_t *recorded, uint64_t *dropped,
                         uint64_t *waiting);

#endif
