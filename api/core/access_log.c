#include "core/access_log.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/metrics.h"
#include "core/typed.h"
#include "sql/core.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    BATCH_MS = 500,
    ROWS_MAX = 20 * 1000,
    BYTES_MAX = 8 << 20,
    CHUNK_ROWS_MAX = 1000, /* in one statement: well within its 5 s */
    RETRY_MS = 250,
    RETRY_MAX_MS = 5000,
    SHUTDOWN_RETRY_MS = 5000,
    DELETED_AT_ONCE = 10 * 1000,
};

struct access_log {
    struct pool *pool;
    const struct seal_key *master_key;
    pthread_mutex_t mutex; /* guards what follows, up to the writer's */
    pthread_cond_t wake;
    pthread_t thread;
    struct buf waiting; /* one line of JSON per look, oldest first */
    size_t rows;
    int64_t oldest_at_ms; /* of the monotonic clock, where rows > 0 */
    uint64_t lost;
    bool is_full; /* logged */
    bool stopping;
    /* The writer thread's. */
    size_t chunk_rows; /* how many the next statement takes; 1: one of them is refused */
    bool is_waiting;   /* logged */
};

static const char *render(struct arena *arena, const struct seal_key *master_key,
                          const struct look *look) {
    struct value *row = value_object(arena);
    value_set(row, "at_ms", value_integer(arena, look->at_ms));
    value_set_text(arena, row, "kind", look->is_client ? "client" : "account");
    value_set_text(arena, row, "actor", look->actor_id);
    value_set_text(arena, row, "action", look->action);
    value_set_text(arena, row, "object_type", look->object_type);
    value_set_text(arena, row, "object", look->object_id);
    value_set(row, "detail", typed_digest_all(arena, master_key, look->detail));
    value_set_text(arena, row, "address", look->address);
    return json_text(arena, row);
}

void access_log_add(struct access_log *log, const struct look *look) {
    if (log == NULL) {
        return;
    }
    ARENA_AUTO(arena);
    const char *line = render(&arena, log->master_key, look);
    const size_t length = strlen(line);
    pthread_mutex_lock(&log->mutex);
    const bool fits = log->rows < ROWS_MAX && log->waiting.length + length + 1 <= BYTES_MAX;
    const bool says_full = !fits && !log->is_full;
    log->is_full = !fits;
    if (fits) {
        buf_append(&log->waiting, line, length);
        buf_putc(&log->waiting, '\n');
        log->oldest_at_ms = log->rows == 0 ? clock_monotonic_ms() : log->oldest_at_ms;
        log->rows++;
    } else {
        log->lost++;
    }
    if (log->rows == 1) {
        pthread_cond_signal(&log->wake);
    }
    pthread_mutex_unlock(&log->mutex);
    if (says_full) {
        log_error(LOG_ACCESS_LOG_LOST, LOG_NUMBER("rows", ROWS_MAX), LOG_TEXT("reason", "full"));
    }
}

/* Bytes of the first `rows` lines. Requires: log->mutex held. */
static size_t lines_bytes(const struct access_log *log, size_t rows) {
    const char *end = log->waiting.bytes;
    for (size_t i = 0; i < rows; i++) {
        end = strchr(end, '\n') + 1;
    }
    return (size_t)(end - log->waiting.bytes);
}

/* The first looks that wait, as an array of JSON; they stay until drop_first. */
static const char *copy_first(struct access_log *log, struct arena *arena, size_t *rows,
                              size_t *length) {
    pthread_mutex_lock(&log->mutex);
    *rows = log->rows < log->chunk_rows ? log->rows : log->chunk_rows;
    *length = lines_bytes(log, *rows);
    char *array = arena_printf(arena, "[%.*s]", (int)*length, log->waiting.bytes);
    pthread_mutex_unlock(&log->mutex);
    for (size_t i = 1, seen = 1; seen < *rows; i++) {
        if (array[i] == '\n') {
            array[i] = ',';
            seen++;
        }
    }
    return array;
}

static void drop_first(struct access_log *log, size_t rows, size_t length, bool was_written) {
    pthread_mutex_lock(&log->mutex);
    memmove(log->waiting.bytes, log->waiting.bytes + length, log->waiting.length - length + 1);
    log->waiting.length -= length;
    log->rows -= rows;
    log->lost += was_written ? 0 : rows;
    log->oldest_at_ms = clock_monotonic_ms();
    pthread_mutex_unlock(&log->mutex);
}

static enum err send(struct access_log *log, struct arena *arena, const char *looks) {
    size_t kept = 0;
    struct tx once = tx_once(log->pool, arena, IDENTITY_SYSTEM, TX_WRITE);
    return sql_access_log_add(&once, &kept, .looks = looks);
}

/* Writes some of what waits. A chunk that is refused is halved until the look that causes it is alone, and lost.
 * False: to be tried again, because PostgreSQL cannot be reached or takes nothing. */
static bool write_chunk(struct access_log *log) {
    size_t rows = 0;
    size_t length = 0;
    ARENA_AUTO(arena);
    const char *looks = copy_first(log, &arena, &rows, &length);
    const enum err err = send(log, &arena, looks);
    if (err == ERR_UNAVAILABLE || err == ERR_FORBIDDEN) {
        if (!log->is_waiting) {
            log_error(LOG_ACCESS_LOG_WAITS, LOG_NUMBER("rows", rows));
        }
        log->is_waiting = true;
        return false;
    }
    if (err == ERR_NONE || rows == 1) {
        log->is_waiting = false;
        drop_first(log, rows, length, err == ERR_NONE);
        log->chunk_rows =
            log->chunk_rows * 2 < CHUNK_ROWS_MAX ? log->chunk_rows * 2 : CHUNK_ROWS_MAX;
    } else {
        log->chunk_rows = rows / 2;
    }
    if (err != ERR_NONE && rows == 1) {
        log_error(LOG_ACCESS_LOG_LOST, LOG_NUMBER("rows", 1), LOG_TEXT("reason", err_slug(err)));
    }
    return true;
}

/* Waits until there is something, then for `wait_ms` more, so that a batch comes together. False: the log stops and
 * nothing is left. */
static bool wait_for_looks(struct access_log *log, int64_t wait_ms) {
    pthread_mutex_lock(&log->mutex);
    while (!log->stopping && log->rows == 0) {
        pthread_cond_wait(&log->wake, &log->mutex);
    }
    const struct timespec until = clock_deadline(wait_ms);
    while (!log->stopping && pthread_cond_timedwait(&log->wake, &log->mutex, &until) == 0) {
    }
    const bool goes_on = log->rows > 0;
    pthread_mutex_unlock(&log->mutex);
    return goes_on;
}

/* True once the log has been stopping for SHUTDOWN_RETRY_MS. */
static bool is_shutdown_over(struct access_log *log, int64_t *stop_at_ms) {
    const struct timespec pause = {.tv_nsec = RETRY_MS * 1000000L};
    pthread_mutex_lock(&log->mutex);
    const bool stopping = log->stopping;
    pthread_mutex_unlock(&log->mutex);
    if (!stopping) {
        return false;
    }
    *stop_at_ms = *stop_at_ms == 0 ? clock_monotonic_ms() + SHUTDOWN_RETRY_MS : *stop_at_ms;
    (void)nanosleep(&pause, NULL);
    return clock_monotonic_ms() > *stop_at_ms;
}

static void *run(void *state) {
    struct access_log *log = state;
    int64_t wait_ms = BATCH_MS;
    int64_t stop_at_ms = 0;
    while (wait_for_looks(log, wait_ms)) {
        if (write_chunk(log)) {
            wait_ms = BATCH_MS;
        } else if (is_shutdown_over(log, &stop_at_ms)) {
            return NULL;
        } else {
            wait_ms = wait_ms * 2 < RETRY_MAX_MS ? wait_ms * 2 : RETRY_MAX_MS;
        }
    }
    return NULL;
}

static void write_metrics(struct buf *out, void *state) {
    const struct access_log_counts counts = access_log_get_counts(state);
    metrics_describe(out, "guichet_access_log_waiting", "gauge",
                     "Looks of the staff that are not written yet.");
    metrics_sample(out, "guichet_access_log_waiting", "", (double)counts.waiting);
    metrics_describe(out, "guichet_access_log_oldest_seconds", "gauge",
                     "How long the oldest of them waits.");
    metrics_sample(out, "guichet_access_log_oldest_seconds", "", (double)counts.oldest_ms / 1000.0);
    metrics_describe(out, "guichet_access_log_lost_total", "counter",
                     "Looks of the staff that could not be recorded.");
    metrics_sample(out, "guichet_access_log_lost_total", "", (double)counts.lost);
}

struct access_log *access_log_new(struct pool *pool, const struct seal_key *master_key) {
    struct access_log *log = calloc(1, sizeof *log);
    if (log == NULL) {
        return NULL;
    }
    log->pool = pool;
    log->master_key = master_key;
    log->chunk_rows = CHUNK_ROWS_MAX;
    buf_init(&log->waiting, NULL, BYTES_MAX);
    pthread_mutex_init(&log->mutex, NULL);
    clock_cond_init(&log->wake);
    if (pthread_create(&log->thread, NULL, run, log) != 0) {
        free(log);
        return NULL;
    }
    metrics_register(write_metrics, log);
    return log;
}

void access_log_free(struct access_log *log) {
    if (log == NULL) {
        return;
    }
    pthread_mutex_lock(&log->mutex);
    log->stopping = true;
    pthread_cond_signal(&log->wake);
    pthread_mutex_unlock(&log->mutex);
    pthread_join(log->thread, NULL);
    buf_clear(&log->waiting);
    pthread_cond_destroy(&log->wake);
    pthread_mutex_destroy(&log->mutex);
    free(log);
}

struct access_log_counts access_log_get_counts(struct access_log *log) {
    pthread_mutex_lock(&log->mutex);
    const struct access_log_counts counts = {
        .lost = log->lost,
        .waiting = log->rows,
        .oldest_ms = log->rows == 0 ? 0 : clock_monotonic_ms() - log->oldest_at_ms};
    pthread_mutex_unlock(&log->mutex);
    return counts;
}

enum err access_log_delete_old(struct context *context) {
    size_t deleted = DELETED_AT_ONCE;
    while (deleted == DELETED_AT_ONCE) {
        struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_LONG);
        TRY(sql_access_log_delete_old(&once, &deleted,
                                      .days = context->services->config->access_log_days,
                                      .limit = DELETED_AT_ONCE));
    }
    return ERR_NONE;
}
