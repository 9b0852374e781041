#include "gateway/record/call_log.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    BATCH_MS = 100,
    BATCH_ROWS = 1000,
    ROWS_MAX = 100 * 1000,
    BYTES_MAX = 32 << 20,
    KEPT_BYTES = 1 << 20,   /* a larger buffer is given back once it was written */
    PIECE_ROWS = 10 * 1000, /* written in one transaction: well within a statement's 5 s */
    RETRY_MS = 250,
    RETRY_MAX_MS = 5000,
    LAST_TRIES_MS = 5000,
};

struct batch {
    struct buf text; /* a line for each row */
    size_t rows;
    int64_t oldest_at_ms;
};

/* How far the batch in hand was written. The writer's thread alone uses it. */
struct progress {
    int64_t number; /* of the transaction in hand; the same when it is tried again */
    size_t done_bytes;
    size_t piece_rows; /* how many rows the next transaction takes; 1: the row that is refused */
    size_t refused_rows;
    char refused_sqlstate[SQLSTATE_BYTES];
    char sqlstate[SQLSTATE_BYTES]; /* of the last transaction */
    bool has_kept_partitions;
    bool is_waiting; /* said in the log */
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
    struct batch writing; /* the thread's own, but for its count */
    uint64_t recorded;
    uint64_t dropped;
    bool stopping;
    bool is_full; /* said in the log */
};

void call_log_add(struct call_log *log, const struct call_row *row) {
    ARENA_AUTO(arena);
    struct buf line;
    buf_init(&line, &arena, SIZE_MAX / 2);
    call_row_write(&line, row);
    pthread_mutex_lock(&log->mutex);
    struct batch *batch = &log->filling;
    const bool fits = batch->rows < ROWS_MAX && batch->text.length + line.length <= BYTES_MAX;
    const bool says_full = !fits && !log->is_full;
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
        batch->text.overflowed = false; /* memory was short: the next one may fit */
    }
    if (batch->rows == BATCH_ROWS) {
        pthread_cond_signal(&log->wake);
    }
    pthread_mutex_unlock(&log->mutex);
    if (says_full) {
        log_error(LOG_CALL_LOG_FULL, LOG_NUMBER("rows", ROWS_MAX));
    }
}

/* With the mutex held: sleeps until a batch is due or the end is near. */
static void wait_for_batch(struct call_log *log, int64_t wait_ms) {
    const struct timespec until = clock_deadline(wait_ms);
    while (!log->stopping && log->filling.rows < BATCH_ROWS &&
           pthread_cond_timedwait(&log->wake, &log->mutex, &until) == 0) {
    }
}

/* Bytes of the next `rows` rows: a line break inside of one is written as \\n. */
static size_t rows_bytes_of(const struct call_log *log, size_t rows) {
    const char *begin = log->writing.text.bytes + log->progress.done_bytes;
    const char *end = begin;
    const size_t left = log->writing.text.length - log->progress.done_bytes;
    for (size_t i = 0; i < rows; i++) {
        end = (const char *)memchr(end, '\n', left - (size_t)(end - begin)) + 1;
    }
    return (size_t)(end - begin);
}

static enum err write_rows(struct call_log *log, size_t length) {
    struct progress *progress = &log->progress;
    const struct call_batch batch = {.writer_id = log->writer_id,
                                     .number = progress->number,
                                     .oldest_at_ms = log->writing.oldest_at_ms,
                                     .text = log->writing.text.bytes + progress->done_bytes,
                                     .length = length};
    enum err err = call_write_batch(log->pool, &batch, progress->sqlstate);
    if (err == ERR_INVALID && !progress->has_kept_partitions) {
        TRY(call_keep_partitions(log->pool, log->days_kept));
        progress->has_kept_partitions = true;
        err = call_write_batch(log->pool, &batch, progress->sqlstate);
    }
    return err;
}

/* The rows are written, or the one is given up. */
static void pass_rows(struct call_log *log, size_t rows, size_t length, bool written) {
    pthread_mutex_lock(&log->mutex);
    *(written ? &log->recorded : &log->dropped) += rows;
    log->writing.rows -= rows;
    pthread_mutex_unlock(&log->mutex);
    log->progress.done_bytes += length;
    if (!written) {
        log->progress.refused_rows += rows;
        memcpy(log->progress.refused_sqlstate, log->progress.sqlstate, SQLSTATE_BYTES);
    }
    log->progress.piece_rows *= 2;
    if (log->progress.piece_rows > PIECE_ROWS) {
        log->progress.piece_rows = PIECE_ROWS;
    }
}

/* Says once that rows wait, until some are written. */
static void say_waiting(struct call_log *log) {
    if (!log->progress.is_waiting) {
        log_error(LOG_CALL_LOG_WAITS, LOG_NUMBER("rows", log->writing.rows),
                  LOG_TEXT("sqlstate",
                           *log->progress.sqlstate != '\0' ? log->progress.sqlstate : "none"));
    }
    log->progress.is_waiting = true;
}

/* Writes what comes next of the batch in hand; a part that is refused is halved until the row that causes
 * it stands alone. False where it has to be tried again: PostgreSQL is away, full, or lacks a right. */
static bool write_piece(struct call_log *log) {
    struct progress *progress = &log->progress;
    const size_t rows =
        progress->piece_rows < log->writing.rows ? progress->piece_rows : log->writing.rows;
    const size_t length = rows_bytes_of(log, rows);
    const enum err err = write_rows(log, length);
    if (err == ERR_UNAVAILABLE || err == ERR_FORBIDDEN) {
        say_waiting(log);
        return false;
    }
    progress->number++;
    progress->retry_ms = RETRY_MS;
    if (err == ERR_NONE || rows == 1) {
        progress->is_waiting = progress->is_waiting && err != ERR_NONE;
        pass_rows(log, rows, length, err == ERR_NONE);
    } else {
        progress->piece_rows = rows / 2;
    }
    return true;
}

/* Writes the batch in hand. False where the rest has to be tried again. */
static bool finish_batch(struct call_log *log) {
    while (log->writing.rows > 0) {
        if (!write_piece(log)) {
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

/* Twice as long each time; a stop is asked for meanwhile at most once. */
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

/* Takes over what was filled, and gives an empty buffer instead. */
static bool take_batch(struct call_log *log) {
    pthread_mutex_lock(&log->mutex);
    wait_for_batch(log, BATCH_MS);
    const struct batch empty = log->writing;
    log->writing = log->filling;
    log->filling = empty;
    log->progress.done_bytes = 0;
    log->progress.refused_rows = 0;
    log->progress.has_kept_partitions = false;
    const bool goes_on = !log->stopping || log->writing.rows > 0;
    pthread_mutex_unlock(&log->mutex);
    return goes_on;
}

static bool is_given_up(struct call_log *log, int64_t *stop_at_ms) {
    pthread_mutex_lock(&log->mutex);
    const bool stopping = log->stopping;
    pthread_mutex_unlock(&log->mutex);
    if (!stopping) {
        return false;
    }
    if (*stop_at_ms == 0) {
        *stop_at_ms = clock_monotonic_ms() + LAST_TRIES_MS;
    }
    return clock_monotonic_ms() > *stop_at_ms;
}

static void *run(void *state) {
    struct call_log *log = state;
    int64_t stop_at_ms = 0;
    while (take_batch(log)) {
        while (log->writing.rows > 0 && !finish_batch(log)) {
            if (is_given_up(log, &stop_at_ms)) {
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
    log->progress = (struct progress){.number = 1, .piece_rows = PIECE_ROWS, .retry_ms = RETRY_MS};
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
