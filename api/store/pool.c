#include "store/pool.h"
#include "base/clock.h"
#include "base/log.h"
#include "store/connection.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { TAKE_WAIT_MS = 2000, RECONNECT_PAUSE_MS = 250 };

struct pool {
    char *url;
    size_t capacity;
    bool prepared;
    pthread_mutex_t mutex;
    pthread_cond_t given;
    struct connection *free; /* most recently used first: warm, prepared */
    size_t open;             /* connections open or being opened */
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
    clock_cond_init(&pool->given);
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
    pthread_cond_destroy(&pool->given);
    pthread_mutex_destroy(&pool->mutex);
    free(pool->url);
    free(pool);
}

/* With the mutex held; opens outside of it. */
static enum err pool_open(struct pool *pool, struct connection **out) {
    if (pool->is_down) {
        if (clock_monotonic_ms() < pool->next_attempt_ms) {
            return ERR_UNAVAILABLE;
        }
        /* One thread tries; the others go on failing at once. */
        pool->next_attempt_ms = clock_monotonic_ms() + 3000;
    }
    pool->open++;
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
        pthread_cond_broadcast(&pool->given);
        return ERR_UNAVAILABLE;
    }
    if (pool->is_down) {
        log_info(LOG_DATABASE_UP, LOG_NUMBER("failures", pool->failures));
        pool->is_down = false;
    }
    *out = connection;
    return ERR_NONE;
}

/* With the mutex held. */
static enum err pool_wait(struct pool *pool) {
    const struct timespec until = clock_deadline(TAKE_WAIT_MS);
    pool->waits++;
    while (pool->free == NULL && pool->open >= pool->capacity) {
        if (pthread_cond_timedwait(&pool->given, &pool->mutex, &until) != 0) {
            return ERR_UNAVAILABLE;
        }
    }
    return ERR_NONE;
}

enum err pool_take(struct pool *pool, struct connection **out) {
    enum err err = ERR_NONE;
    pthread_mutex_lock(&pool->mutex);
    if (pool->free == NULL && pool->open >= pool->capacity) {
        err = pool_wait(pool);
    }
    if (err == ERR_NONE && pool->free != NULL) {
        *out = pool->free;
        pool->free = pool->free->next;
    } else if (err == ERR_NONE) {
        err = pool_open(pool, out);
    }
    if (err == ERR_NONE) {
        pool->busy++;
        (*out)->answer_ms = ANSWER_MS;
    }
    pthread_mutex_unlock(&pool->mutex);
    return err;
}

void pool_give(struct pool *pool, struct connection *connection) {
    const bool usable = connection->pg != NULL && connection_is_usable(connection);
    struct connection *stale = NULL;
    pthread_mutex_lock(&pool->mutex);
    pool->busy--;
    if (usable) {
        connection->next = pool->free;
        pool->free = connection;
    } else {
        /* The server went away under one of them: the idle ones are most likely dead too. */
        pool->failures++;
        pool->open--;
        connection->next = pool->free;
        stale = connection;
        for (struct connection *c = pool->free; c != NULL; c = c->next) {
            pool->open--;
        }
        pool->free = NULL;
    }
    pthread_cond_signal(&pool->given);
    pthread_mutex_unlock(&pool->mutex);
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

enum err pool_ping(struct pool *pool) {
    ARENA_AUTO(arena);
    struct connection *connection = NULL;
    TRY(pool_take(pool, &connection));
    const char *constraint = NULL;
    const struct command command = {.text = "SELECT 1"};
    const enum err err = connection_run(connection, &arena, &command, 1, &constraint);
    pool_give(pool, connection);
    return err;
}
