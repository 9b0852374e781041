#ifndef GUICHET_GATEWAY_RECORD_CALL_LOG_H
#define GUICHET_GATEWAY_RECORD_CALL_LOG_H
/* The record of every call, kept out of its way: rows go to a bounded memory, one thread writes them
 * by COPY every 100 ms or 1,000 rows. A full memory drops rows and counts them. Thread-safe. */
#include "usage/call_store.h"

struct call_log;

/* NULL where the thread cannot be started. `days_kept`: see call_keep_partitions. */
struct call_log *call_log_new(struct pool *pool, int64_t days_kept);
/* Writes what is left, trying for a few seconds, then ends the thread. NULL does nothing. */
void call_log_free(struct call_log *log);
void call_log_add(struct call_log *log, const struct call_row *row);
void call_log_get_counts(struct call_log *log, uint64_t *recorded, uint64_t *dropped,
                         uint64_t *waiting);

#endif
