#include "gateway/record/call_log.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include <pthread.h>
#include <stdlib.h>

enum {
    BATCH_MS = 100,
    BATCH_ROWS = 1000,
    ROWS_MAX = 100 * 1000,
    BYTES_MAX = 32 << 20,
    KEPT_BYTES = 1 << 20, /* a larger buffer is given back once it was written */
    RETRY_MS = 250,
    LAST_TRIES_MS = 5000,
};

struct batch {
    struct buf text;
    size_t rows;
    int64_t oldest_at_ms;
};

struct call_log {
    struct pool *pool;
    int64_t days_kept;
    char writer_id[UUID_TEXT_BYTES];
    int64_t batches; /* the thread's own: number of the batch in hand */
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
        batch->rows++;
    } else {
        log->dropped++;
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

static enum err write_batch(struct call_log *log) {
    const struct call_batch batch = {.writer_id = log->writer_id,
                                     .number = log->batches,
                                     .oldest_at_ms = log->writing.oldest_at_ms,
                                     .text = log->writing.text.bytes,
                                     .length = log->writing.text.length};
    enum err err = call_write_batch(log->pool, &batch);
    if (err == ERR_INVALID) {
        TRY(call_keep_partitions(log->pool, log->days_kept));
        err = call_write_batch(log->pool, &batch);
    }
    return err;
}

/* Writes the batch in hand. False where it has to be tried again. */
static bool finish_batch(struct call_log *log) {
    const enum err err = write_batch(log);
    if (err == ERR_UNAVAILABLE) {
        return false;
    }
    pthread_mutex_lock(&log->mutex);
    *(err == ERR_NONE ? &log->recorded : &log->dropped) += log->writing.rows;
    log->writing.rows = 0;
    pthread_mutex_unlock(&log->mutex);
    if (err != ERR_NONE) {
        log_error(LOG_INTERNAL_ERROR, LOG_TEXT("where", "call_log"));
    }
    log->writing.text.length = 0;
    if (log->writing.text.capacity > KEPT_BYTES) {
        buf_clear(&log->writing.text);
    }
    return true;
}

static void pause_ms(int64_t wait_ms) {
    const struct timespec wait = {.tv_nsec = (long)wait_ms * 1000000L};
    (void)nanosleep(&wait, NULL);
}

/* Takes over what was filled, and gives an empty buffer instead. */
static bool take_batch(struct call_log *log) {
    pthread_mutex_lock(&log->mutex);
    wait_for_batch(log, BATCH_MS);
    const struct batch empty = log->writing;
    log->writing = log->filling;
    log->filling = empty;
    log->batches += log->writing.rows > 0 ? 1 : 0;
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
            pause_ms(RETRY_MS);
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
