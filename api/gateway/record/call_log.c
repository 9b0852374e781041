#include "gateway/record/call_log.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "sql/usage.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    BATCH_MS = 100,
    BATCH_ROWS = 1000,
    ROWS_MAX = 100 * 1000,
    BYTES_MAX = 32 << 20,
    KEPT_BYTES = 1 << 20,       /* a larger buffer is freed once it is written */
    CHUNK_ROWS_MAX = 10 * 1000, /* written in one transaction: well within a statement's 5 s */
    RETRY_MS = 250,
    RETRY_MAX_MS = 5000,
    SHUTDOWN_RETRY_MS = 5000,
};

struct batch {
    struct buf text; /* one line per row */
    size_t rows;
    int64_t oldest_at_ms;
};

/* How much of the current batch is written. Used by the writer thread only. */
struct progress {
    int64_t number; /* of the current transaction; a retry has the same */
    size_t done_bytes;
    size_t chunk_rows; /* how many rows the next transaction takes; 1: the row that is refused */
    size_t refused_rows;
    char refused_sqlstate[SQLSTATE_BYTES];
    char sqlstate[SQLSTATE_BYTES]; /* of the last transaction */
    bool has_created_partitions;
    bool is_waiting; /* logged */
    int64_t retry_ms;
};

struct call_log {
    struct pool *pool;
    int64_t days_kept;
    char writer_id[UUID_TEXT_BYTES];
    struct progress progress;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    pthread_t thread;
    struct batch filling;
    struct batch writing; /* the writer thread's; its row count needs the mutex */
    uint64_t recorded;
    uint64_t dropped;
    bool stopping;
    bool is_full; /* logged */
};

void call_log_add(struct call_log *log, const struct call_row *row) {
    ARENA_AUTO(arena);
    struct buf line;
    buf_init(&line, &arena, SIZE_MAX / 2);
    call_row_write(&line, row);
    pthread_mutex_lock(&log->mutex);
    struct batch *batch = &log->filling;
    const bool fits = batch->rows < ROWS_MAX && batch->text.length + line.length <= BYTES_MAX;
    const bool logs_full = !fits && !log->is_full;
    log->is_full = !fits;
    if (fits) {
        if (batch->rows == 0 || row->at_ms < batch->oldest_at_ms) {
            batch->oldest_at_ms = row->at_ms;
        }
        buf_append(&batch->text, line.bytes, line.length);
    }
    if (fits && !batch->text.overflowed) {
        batch->rows++;
    } else {
        log->dropped++;
        batch->text.overflowed = false; /* memory was short: the next row may fit */
    }
    if (batch->rows == BATCH_ROWS) {
        pthread_cond_signal(&log->wake);
    }
    pthread_mutex_unlock(&log->mutex);
    if (logs_full) {
        log_error(LOG_CALL_LOG_FULL, LOG_NUMBER("rows", ROWS_MAX));
    }
}

/* Waits until a batch is due or the log stops. Requires: log->mutex held. */
static void wait_for_batch(struct call_log *log, int64_t wait_ms) {
    const struct timespec until = clock_deadline(wait_ms);
    while (!log->stopping && log->filling.rows < BATCH_ROWS &&
           pthread_cond_timedwait(&log->wake, &log->mutex, &until) == 0) {
    }
}

/* Bytes of the next `rows` rows. A line break within a row is escaped, so each line is a row. */
static size_t rows_bytes_of(const struct call_log *log, size_t rows) {
    const char *begin = log->writing.text.bytes + log->progress.done_bytes;
    const char *end = begin;
    const size_t left = log->writing.text.length - log->progress.done_bytes;
    for (size_t i = 0; i < rows; i++) {
        end = (const char *)memchr(end, '\n', left - (size_t)(end - begin)) + 1;
    }
    return (size_t)(end - begin);
}

/* Writes the rows unless an earlier try did: a batch whose COMMIT had no answer is sent again, and must not
 * be doubled. ERR_INVALID: no partition for one of the rows, or a malformed row. */
static enum err copy_rows(struct call_log *log, size_t length) {
    struct progress *progress = &log->progress;
    size_t claimed = 0;
    ARENA_AUTO(arena);
    TX_AUTO(tx);
    *progress->sqlstate = '\0';
    TRY(tx_begin(log->pool, &arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(sql_call_claim_batch(&tx, &claimed, .writer = log->writer_id, .number = progress->number,
                             .oldest_at_ms = log->writing.oldest_at_ms));
    if (claimed > 0) {
        const enum err copied =
            tx_copy(&tx, &SQL_CALL_COPY, log->writing.text.bytes + progress->done_bytes, length);
        memcpy(progress->sqlstate, tx.sqlstate, SQLSTATE_BYTES);
        TRY(copied);
    }
    return tx_commit(&tx);
}

static enum err create_partitions(struct call_log *log) {
    ARENA_AUTO(arena);
    struct tx once = tx_once(log->pool, &arena, IDENTITY_SYSTEM, TX_WRITE);
    return sql_call_keep_partitions(&once, .days_kept = log->days_kept);
}

static enum err write_rows(struct call_log *log, size_t length) {
    const enum err err = copy_rows(log, length);
    if (err != ERR_INVALID || log->progress.has_created_partitions) {
        return err;
    }
    TRY(create_partitions(log));
    log->progress.has_created_partitions = true;
    return copy_rows(log, length);
}

/* Moves on behind rows that are written, or behind the one that is dropped. */
static void finish_rows(struct call_log *log, size_t rows, size_t length, bool written) {
    pthread_mutex_lock(&log->mutex);
    *(written ? &log->recorded : &log->dropped) += rows;
    log->writing.rows -= rows;
    pthread_mutex_unlock(&log->mutex);
    log->progress.done_bytes += length;
    if (!written) {
        log->progress.refused_rows += rows;
        memcpy(log->progress.refused_sqlstate, log->progress.sqlstate, SQLSTATE_BYTES);
    }
    log->progress.chunk_rows *= 2;
    if (log->progress.chunk_rows > CHUNK_ROWS_MAX) {
        log->progress.chunk_rows = CHUNK_ROWS_MAX;
    }
}

/* Logs once that rows wait, until some are written. */
static void log_waiting(struct call_log *log) {
    if (!log->progress.is_waiting) {
        log_error(LOG_CALL_LOG_WAITS, LOG_NUMBER("rows", log->writing.rows),
                  LOG_TEXT("sqlstate",
                           *log->progress.sqlstate != '\0' ? log->progress.sqlstate : "none"));
    }
    log->progress.is_waiting = true;
}

/* Writes the next rows of the current batch. A chunk that is refused is halved until the row that causes it
 * is alone, and dropped. False: to be retried, because PostgreSQL is unreachable or full, or denies access. */
static bool write_chunk(struct call_log *log) {
    struct progress *progress = &log->progress;
    const size_t rows =
        progress->chunk_rows < log->writing.rows ? progress->chunk_rows : log->writing.rows;
    const size_t length = rows_bytes_of(log, rows);
    const enum err err = write_rows(log, length);
    if (err == ERR_UNAVAILABLE || err == ERR_FORBIDDEN) {
        log_waiting(log);
        return false;
    }
    progress->number++;
    progress->retry_ms = RETRY_MS;
    if (err == ERR_NONE || rows == 1) {
        progress->is_waiting = progress->is_waiting && err != ERR_NONE;
        finish_rows(log, rows, length, err == ERR_NONE);
    } else {
        progress->chunk_rows = rows / 2;
    }
    return true;
}

/* Writes the current batch. False: the rest has to be retried. */
static bool finish_batch(struct call_log *log) {
    while (log->writing.rows > 0) {
        if (!write_chunk(log)) {
            return false;
        }
    }
    if (log->progress.refused_rows > 0) {
        log_error(LOG_CALL_LOG_REFUSED, LOG_NUMBER("rows", log->progress.refused_rows),
                  LOG_TEXT("sqlstate", log->progress.refused_sqlstate));
    }
    log->writing.text.length = 0;
    if (log->writing.text.capacity > KEPT_BYTES) {
        buf_clear(&log->writing.text);
    }
    return true;
}

/* The wait doubles each time, up to RETRY_MAX_MS. A stop request ends it early. */
static void wait_for_retry(struct call_log *log) {
    struct progress *progress = &log->progress;
    pthread_mutex_lock(&log->mutex);
    const int64_t wait_ms = log->stopping ? RETRY_MS : progress->retry_ms;
    const struct timespec until = clock_deadline(wait_ms);
    const bool was_stopping = log->stopping;
    while (log->stopping == was_stopping &&
           pthread_cond_timedwait(&log->wake, &log->mutex, &until) == 0) {
    }
    pthread_mutex_unlock(&log->mutex);
    progress->retry_ms =
        progress->retry_ms * 2 < RETRY_MAX_MS ? progress->retry_ms * 2 : RETRY_MAX_MS;
}

/* Swaps the filled buffer for the empty one. False: the log stops and nothing is left. */
static bool take_batch(struct call_log *log) {
    pthread_mutex_lock(&log->mutex);
    wait_for_batch(log, BATCH_MS);
    const struct batch empty = log->writing;
    log->writing = log->filling;
    log->filling = empty;
    log->progress.done_bytes = 0;
    log->progress.refused_rows = 0;
    log->progress.has_created_partitions = false;
    const bool goes_on = !log->stopping || log->writing.rows > 0;
    pthread_mutex_unlock(&log->mutex);
    return goes_on;
}

/* True once the log has been stopping for SHUTDOWN_RETRY_MS. */
static bool is_shutdown_over(struct call_log *log, int64_t *stop_at_ms) {
    pthread_mutex_lock(&log->mutex);
    const bool stopping = log->stopping;
    pthread_mutex_unlock(&log->mutex);
    if (!stopping) {
        return false;
    }
    if (*stop_at_ms == 0) {
        *stop_at_ms = clock_monotonic_ms() + SHUTDOWN_RETRY_MS;
    }
    return clock_monotonic_ms() > *stop_at_ms;
}

static void *run(void *state) {
    struct call_log *log = state;
    int64_t stop_at_ms = 0;
    while (take_batch(log)) {
        while (log->writing.rows > 0 && !finish_batch(log)) {
            if (is_shutdown_over(log, &stop_at_ms)) {
                return NULL;
            }
            wait_for_retry(log);
        }
    }
    return NULL;
}

struct call_log *call_log_new(struct pool *pool, int64_t days_kept) {
    struct call_log *log = calloc(1, sizeof *log);
    if (log == NULL) {
        return NULL;
    }
    log->pool = pool;
    text_new_uuid(log->writer_id);
    log->days_kept = days_kept;
    log->progress =
        (struct progress){.number = 1, .chunk_rows = CHUNK_ROWS_MAX, .retry_ms = RETRY_MS};
    buf_init(&log->filling.text, NULL, BYTES_MAX);
    buf_init(&log->writing.text, NULL, BYTES_MAX);
    pthread_mutex_init(&log->mutex, NULL);
    clock_cond_init(&log->wake);
    if (pthread_create(&log->thread, NULL, run, log) != 0) {
        free(log);
        return NULL;
    }
    return log;
}

void call_log_free(struct call_log *log) {
    if (log == NULL) {
        return;
    }
    pthread_mutex_lock(&log->mutex);
    log->stopping = true;
    pthread_cond_signal(&log->wake);
    pthread_mutex_unlock(&log->mutex);
    pthread_join(log->thread, NULL);
    buf_clear(&log->filling.text);
    buf_clear(&log->writing.text);
    pthread_cond_destroy(&log->wake);
    pthread_mutex_destroy(&log->mutex);
    free(log);
}

void call_log_get_counts(struct call_log *log, uint64_t *recorded, uint64_t *dropped,
                         uint64_t *waiting) {
    pthread_mutex_lock(&log->mutex);
    *recorded = log->recorded;
    *dropped = log->dropped;
    *waiting = log->filling.rows + log->writing.rows;
    pthread_mutex_unlock(&log->mutex);
}
