#include "engine/pool.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "engine/connection.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* ATTEMPT_MS: longer than connect_timeout. */
enum { TAKE_WAIT_MS = 2000, RECONNECT_PAUSE_MS = 250, ATTEMPT_MS = 3000, SAY_AGAIN_MS = 60 * 1000 };

/* A thread that waits for a connection, or for the place to open one. Kept as long as the pool and
 * reused, so that it can be woken after the mutex was unlocked. */
struct waiter {
    struct waiter *next;
    pthread_cond_t woken; /* perhaps a second time, for a wait that is over */
    bool is_woken;
    enum err err;
    struct connection *connection; /* NULL without failure: a place is kept for it */
};

struct pool {
    char *url;
    size_t capacity;
    enum connection_kind kind;
    bool staff_second_factor;
    pthread_mutex_t mutex;
    struct waiter *first; /* first come, first served */
    struct waiter *last;
    struct waiter *spare;
    struct connection
        *free;   /* most recently used first: prepared and cached; empty while a thread waits */
    size_t open; /* connections open or being opened */
    size_t busy;
    uint64_t waits;
    uint64_t failures;
    bool is_refused;         /* the last attempt to open one failed */
    bool is_down;            /* and nothing works */
    int64_t next_attempt_ms; /* while refused: not before */
    int64_t say_refused_ms;  /* in the log: not before */
};

struct pool *pool_new(const struct pool_options *options) {
    struct pool *pool = calloc(1, sizeof *pool);
    char *url = strdup(options->url);
    if (pool == NULL || url == NULL) {
        abort();
    }
    pool->url = url;
    pool->capacity = options->connections;
    pool->kind = options->as_owner   ? CONNECTION_OF_OWNER
                 : options->prepared ? CONNECTION_PREPARED
                                     : CONNECTION_POOLED;
    pool->staff_second_factor = options->staff_second_factor;
    pthread_mutex_init(&pool->mutex, NULL);
    return pool;
}

bool pool_accepts_login(const struct pool *pool) {
    bool is_refused = false;
    connection_close(connection_open(pool->url, pool->kind, &is_refused));
    return !is_refused;
}

bool pool_asks_second_factor(const struct pool *pool) {
    return pool->staff_second_factor;
}

void pool_free(struct pool *pool) {
    if (pool == NULL) {
        return;
    }
    while (pool->free != NULL) {
        struct connection *next = pool->free->next;
        connection_close(pool->free);
        pool->free = next;
    }
    while (pool->spare != NULL) {
        struct waiter *next = pool->spare->next;
        pthread_cond_destroy(&pool->spare->woken);
        free(pool->spare);
        pool->spare = next;
    }
    pthread_mutex_destroy(&pool->mutex);
    free(pool->url);
    free(pool);
}

/* Requires: pool->mutex held; so do the functions that follow, up to pool_give. */
static struct waiter *waiter_take(struct pool *pool) {
    struct waiter *waiter = pool->spare;
    if (waiter != NULL) {
        pool->spare = waiter->next;
    } else {
        waiter = memory_alloc(sizeof *waiter);
        clock_cond_init(&waiter->woken);
    }
    waiter->next = NULL;
    waiter->is_woken = false;
    waiter->err = ERR_UNAVAILABLE;
    waiter->connection = NULL;
    return waiter;
}

/* Decides the wait of the first in the queue; the caller wakes it. */
static struct waiter *take_first(struct pool *pool, struct connection *connection, enum err err) {
    struct waiter *waiter = pool->first;
    pool->first = waiter->next;
    waiter->connection = connection;
    waiter->err = err;
    waiter->is_woken = true;
    return waiter;
}

static void refuse_all(struct pool *pool) {
    while (pool->first != NULL) {
        pthread_cond_signal(&take_first(pool, NULL, ERR_UNAVAILABLE)->woken);
    }
}

static void remove_waiter(struct pool *pool, const struct waiter *waiter) {
    struct waiter *before = NULL;
    for (struct waiter **link = &pool->first; *link != NULL; link = &(*link)->next) {
        if (*link == waiter) {
            *link = waiter->next;
            pool->last = pool->last == waiter ? before : pool->last;
            return;
        }
        before = *link;
    }
}

/* After a refusal one thread tries at a time, and after a pause. */
static bool pool_may_open(const struct pool *pool) {
    return !pool->is_refused || clock_monotonic_ms() >= pool->next_attempt_ms;
}

/* Gives up the place that was counted. ERR_NONE while there are other connections to wait for: the server
 * may allow this role no more of them (SQLSTATE 53300). */
static enum err pool_leave_place(struct pool *pool) {
    pool->open--;
    if (pool->open > 0 && !pool->is_down) {
        return ERR_NONE;
    }
    if (!pool->is_down) {
        log_error(LOG_DATABASE_DOWN, LOG_NUMBER("failures", pool->failures),
                  LOG_TEXT("reason", connection_failure()));
    }
    pool->is_down = true;
    refuse_all(pool);
    return ERR_UNAVAILABLE;
}

static void note_refusal(struct pool *pool) {
    const int64_t now_ms = clock_monotonic_ms();
    if (pool->open > 1 && now_ms >= pool->say_refused_ms) {
        log_warning(LOG_CONNECTION_REFUSED, LOG_NUMBER("others", pool->open - 1));
        pool->say_refused_ms = now_ms + SAY_AGAIN_MS;
    }
    pool->failures++;
    pool->is_refused = true;
    pool->next_attempt_ms = now_ms + RECONNECT_PAUSE_MS;
}

static void note_success(struct pool *pool) {
    if (pool->is_down) {
        log_info(LOG_DATABASE_UP, LOG_NUMBER("failures", pool->failures));
    }
    pool->is_refused = false;
    pool->is_down = false;
}

/* Opens a connection in a place that is already counted; unlocks the mutex meanwhile. NULL without
 * failure: wait for another connection. */
static enum err pool_open(struct pool *pool, struct connection **out) {
    if (!pool_may_open(pool)) {
        return pool_leave_place(pool);
    }
    pool->next_attempt_ms = clock_monotonic_ms() + ATTEMPT_MS;
    pthread_mutex_unlock(&pool->mutex);
    *out = connection_open(pool->url, pool->kind, NULL);
    pthread_mutex_lock(&pool->mutex);
    if (*out == NULL) {
        note_refusal(pool);
        return pool_leave_place(pool);
    }
    note_success(pool);
    return ERR_NONE;
}

/* Until a connection is handed over, or a place is kept to open one (*out is NULL then). */
static enum err pool_wait(struct pool *pool, const struct timespec *until,
                          struct connection **out) {
    struct waiter *waiter = waiter_take(pool);
    *(pool->first == NULL ? &pool->first : &pool->last->next) = waiter;
    pool->last = waiter;
    pool->waits++;
    while (!waiter->is_woken) {
        if (pthread_cond_timedwait(&waiter->woken, &pool->mutex, until) != 0 && !waiter->is_woken) {
            remove_waiter(pool, waiter);
            break;
        }
    }
    const enum err err = waiter->err;
    *out = waiter->connection;
    waiter->next = pool->spare;
    pool->spare = waiter;
    return err;
}

/* One round: a free connection, a new one, or what a wait brings. NULL without failure: try again. */
static enum err pool_try(struct pool *pool, const struct timespec *until, struct connection **out) {
    if (pool->free != NULL) {
        *out = pool->free;
        pool->free = pool->free->next;
        return ERR_NONE;
    }
    if (pool->is_down && !pool_may_open(pool)) {
        return ERR_UNAVAILABLE;
    }
    if (pool->open < pool->capacity && (pool->open == 0 || pool_may_open(pool))) {
        pool->open++;
    } else {
        TRY(pool_wait(pool, until, out));
    }
    return *out == NULL ? pool_open(pool, out) : ERR_NONE;
}

enum err pool_take(struct pool *pool, struct connection **out) {
    const struct timespec until = clock_deadline(TAKE_WAIT_MS);
    enum err err = ERR_NONE;
    *out = NULL;
    pthread_mutex_lock(&pool->mutex);
    while (err == ERR_NONE && *out == NULL) {
        err = pool_try(pool, &until, out);
    }
    if (err == ERR_NONE) {
        pool->busy++;
        (*out)->answer_ms = ANSWER_MS;
    }
    pthread_mutex_unlock(&pool->mutex);
    return err;
}

/* The connection and the idle ones, which are to be closed. */
static struct connection *drop_all(struct pool *pool, struct connection *connection) {
    connection->next = pool->free;
    pool->free = NULL;
    pool->failures++;
    for (const struct connection *c = connection; c != NULL; c = c->next) {
        pool->open--;
    }
    while (pool->first != NULL && pool->open < pool->capacity) {
        pool->open++;
        pthread_cond_signal(&take_first(pool, NULL, ERR_NONE)->woken);
    }
    return connection;
}

void pool_give(struct pool *pool, struct connection *connection) {
    const bool usable = connection->pg != NULL && connection_is_usable(connection);
    struct connection *stale = NULL;
    struct waiter *served = NULL;
    pthread_mutex_lock(&pool->mutex);
    pool->busy--;
    if (!usable) {
        /* The server closed this connection: the idle ones are most likely dead too. */
        stale = drop_all(pool, connection);
    } else if (pool->first != NULL) {
        served = take_first(pool, connection, ERR_NONE);
    } else {
        connection->next = pool->free;
        pool->free = connection;
    }
    pthread_mutex_unlock(&pool->mutex);
    if (served != NULL) {
        pthread_cond_signal(&served->woken); /* so that it need not wait for the mutex */
    }
    while (stale != NULL) {
        struct connection *next = stale->next;
        connection_close(stale);
        stale = next;
    }
}

struct pool_stats pool_get_stats(struct pool *pool) {
    pthread_mutex_lock(&pool->mutex);
    const struct pool_stats stats = {.connections = pool->open,
                                     .busy = pool->busy,
                                     .waits = pool->waits,
                                     .failures = pool->failures};
    pthread_mutex_unlock(&pool->mutex);
    return stats;
}
