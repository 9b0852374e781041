#include "engine/pool.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "engine/connection.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { TAKE_WAIT_MS = 2000, RECONNECT_PAUSE_MS = 250 };

/* A thread that waits for a connection, or for the place to open one. Kept as long as the pool and used
 * again, so that it can be woken once the mutex was let go. */
struct waiter {
    struct waiter *next;
    pthread_cond_t ready; /* perhaps once more, for a wait that is over */
    bool is_called;
    enum err err;
    struct connection *connection; /* NULL without failure: a place is kept for it */
};

struct pool {
    char *url;
    size_t capacity;
    bool prepared;
    pthread_mutex_t mutex;
    struct waiter *first; /* who came first is served first */
    struct waiter *last;
    struct waiter *spare;
    struct connection
        *free;   /* most recently used first: warm, prepared; none while somebody waits */
    size_t open; /* connections open or being opened */
    size_t busy;
    uint64_t waits;
    uint64_t failures;
    bool is_down;
    int64_t next_attempt_ms; /* while down: not before */
};

struct pool *pool_new(const struct pool_options *options) {
    struct pool *pool = calloc(1, sizeof *pool);
    char *url = strdup(options->url);
    if (pool == NULL || url == NULL) {
        abort();
    }
    pool->url = url;
    pool->capacity = options->connections;
    pool->prepared = options->prepared;
    pthread_mutex_init(&pool->mutex, NULL);
    return pool;
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
        pthread_cond_destroy(&pool->spare->ready);
        free(pool->spare);
        pool->spare = next;
    }
    pthread_mutex_destroy(&pool->mutex);
    free(pool->url);
    free(pool);
}

/* With the mutex held, as the next six. */
static struct waiter *waiter_take(struct pool *pool) {
    struct waiter *waiter = pool->spare;
    if (waiter != NULL) {
        pool->spare = waiter->next;
    } else if ((waiter = malloc(sizeof *waiter)) != NULL) {
        clock_cond_init(&waiter->ready);
    } else {
        memory_end();
    }
    waiter->next = NULL;
    waiter->is_called = false;
    waiter->err = ERR_UNAVAILABLE;
    waiter->connection = NULL;
    return waiter;
}

static void waiter_give(struct pool *pool, struct waiter *waiter) {
    waiter->next = pool->spare;
    pool->spare = waiter;
}

/* Decides the first one's wait; the caller wakes it. */
static struct waiter *take_first(struct pool *pool, struct connection *connection, enum err err) {
    struct waiter *waiter = pool->first;
    pool->first = waiter->next;
    waiter->connection = connection;
    waiter->err = err;
    waiter->is_called = true;
    return waiter;
}

static void refuse_all(struct pool *pool) {
    while (pool->first != NULL) {
        pthread_cond_signal(&take_first(pool, NULL, ERR_UNAVAILABLE)->ready);
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

/* Opens a connection in a place that is already counted; lets the mutex go meanwhile. */
static enum err pool_open(struct pool *pool, struct connection **out) {
    if (pool->is_down) {
        if (clock_monotonic_ms() < pool->next_attempt_ms) {
            pool->open--;
            refuse_all(pool);
            return ERR_UNAVAILABLE;
        }
        /* One thread tries; the others go on failing at once. */
        pool->next_attempt_ms = clock_monotonic_ms() + 3000;
    }
    pthread_mutex_unlock(&pool->mutex);
    struct connection *connection = connection_open(pool->url, pool->prepared);
    pthread_mutex_lock(&pool->mutex);
    if (connection == NULL) {
        pool->open--;
        pool->failures++;
        if (!pool->is_down) {
            log_error(LOG_DATABASE_DOWN, LOG_NUMBER("failures", pool->failures));
        }
        pool->is_down = true;
        pool->next_attempt_ms = clock_monotonic_ms() + RECONNECT_PAUSE_MS;
        refuse_all(pool);
        return ERR_UNAVAILABLE;
    }
    if (pool->is_down) {
        log_info(LOG_DATABASE_UP, LOG_NUMBER("failures", pool->failures));
        pool->is_down = false;
    }
    *out = connection;
    return ERR_NONE;
}

/* Until a connection is handed over, or a place is kept to open one (*out is NULL then). */
static enum err pool_wait(struct pool *pool, struct connection **out) {
    const struct timespec until = clock_deadline(TAKE_WAIT_MS);
    struct waiter *waiter = waiter_take(pool);
    *(pool->first == NULL ? &pool->first : &pool->last->next) = waiter;
    pool->last = waiter;
    pool->waits++;
    while (!waiter->is_called) {
        if (pthread_cond_timedwait(&waiter->ready, &pool->mutex, &until) != 0 &&
            !waiter->is_called) {
            remove_waiter(pool, waiter);
            break;
        }
    }
    const enum err err = waiter->err;
    *out = waiter->connection;
    waiter_give(pool, waiter);
    return err;
}

enum err pool_take(struct pool *pool, struct connection **out) {
    enum err err = ERR_NONE;
    *out = NULL;
    pthread_mutex_lock(&pool->mutex);
    if (pool->free != NULL) {
        *out = pool->free;
        pool->free = pool->free->next;
    } else if (pool->open >= pool->capacity) {
        err = pool_wait(pool, out);
    } else {
        pool->open++;
    }
    if (err == ERR_NONE && *out == NULL) {
        err = pool_open(pool, out);
    }
    if (err == ERR_NONE) {
        pool->busy++;
        (*out)->answer_ms = ANSWER_MS;
    }
    pthread_mutex_unlock(&pool->mutex);
    return err;
}

/* With the mutex held: the connection and the idle ones, which are to be closed. */
static struct connection *drop_all(struct pool *pool, struct connection *connection) {
    connection->next = pool->free;
    pool->free = NULL;
    pool->failures++;
    for (const struct connection *c = connection; c != NULL; c = c->next) {
        pool->open--;
    }
    while (pool->first != NULL && pool->open < pool->capacity) {
        pool->open++;
        pthread_cond_signal(&take_first(pool, NULL, ERR_NONE)->ready);
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
        /* The server went away under one of them: the idle ones are most likely dead too. */
        stale = drop_all(pool, connection);
    } else if (pool->first != NULL) {
        served = take_first(pool, connection, ERR_NONE);
    } else {
        connection->next = pool->free;
        pool->free = connection;
    }
    pthread_mutex_unlock(&pool->mutex);
    if (served != NULL) {
        pthread_cond_signal(&served->ready); /* it need not wait for the mutex then */
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
