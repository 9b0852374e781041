#include "gateway/limit/limiter.h"
#include "base/clock.h"
#include "base/map.h"
#include "base/text.h"
#include "security/hash.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHARDS = 64,
    FIRST_SWEEP = 1024,
    EXACT_MAX = 50, /* limits up to this are counted call by call */
    LEASES = 10,    /* a larger limit is taken in this many parts */
    WINDOW_MS = 60 * 1000,
    UNREACHABLE_MS = 1000, /* how long a database that failed is not asked again */
};

struct window {
    struct map_node node;
    char token_id[UUID_TEXT_BYTES];
    size_t limit_index;
    int64_t ends_ms; /* monotonic */
    int64_t reset_at_s;
    int64_t used; /* granted to all instances, `held` included */
    int64_t held; /* granted to this instance and not spent */
    bool is_fetching;
    int waiting; /* threads that keep a pointer to this window while they wait */
};

struct shard {
    pthread_mutex_t mutex;
    pthread_cond_t fetched;
    struct map windows;
    size_t sweep_at;
};

struct limiter {
    struct limiter_source source;
    atomic_int_fast64_t unreachable_until_ms;
    struct shard shards[SHARDS];
};

static enum err take_from_pool(void *state, const char *token_id, const struct limit *limit,
                               int64_t wanted, struct rate_window_grant *grant) {
    ARENA_AUTO(arena);
    struct tx once = tx_once(state, &arena, IDENTITY_SYSTEM, TX_WRITE);
    return sql_rate_window_take(&once, grant, .token = token_id, .limit_key = limit->key,
                                .wanted = wanted, .per_minute = limit->per_minute, .least = 1);
}

static int64_t read_monotonic_ms(void *state) {
    (void)state;
    return clock_monotonic_ms();
}

static int64_t read_epoch_s(void *state) {
    (void)state;
    return clock_now_ms() / 1000;
}

struct limiter_source limiter_source_of_pool(struct pool *pool) {
    return (struct limiter_source){.state = pool,
                                   .take = take_from_pool,
                                   .now_ms = read_monotonic_ms,
                                   .epoch_s = read_epoch_s};
}

struct limiter *limiter_new(const struct limiter_source *source) {
    struct limiter *limiter = calloc(1, sizeof *limiter);
    if (limiter == NULL) {
        abort(); /* at start only */
    }
    limiter->source = *source;
    atomic_init(&limiter->unreachable_until_ms, INT64_MIN);
    for (size_t i = 0; i < SHARDS; i++) {
        pthread_mutex_init(&limiter->shards[i].mutex, NULL);
        pthread_cond_init(&limiter->shards[i].fetched, NULL);
        map_init(&limiter->shards[i].windows, SIZE_MAX); /* bounded by the sweeps */
        limiter->shards[i].sweep_at = FIRST_SWEEP;
    }
    return limiter;
}

void limiter_free(struct limiter *limiter) {
    for (size_t i = 0; limiter != NULL && i < SHARDS; i++) {
        struct map *windows = &limiter->shards[i].windows;
        for (struct map_node *node = map_next(windows, NULL), *next; node != NULL; node = next) {
            next = map_next(windows, node);
            free(node);
        }
        map_clear(windows);
        pthread_cond_destroy(&limiter->shards[i].fetched);
        pthread_mutex_destroy(&limiter->shards[i].mutex);
    }
    free(limiter);
}

/* What identifies a window. */
struct window_key {
    const char *token_id;
    size_t limit_index;
};

static uint64_t hash_of(const char *token_id, size_t limit_index) {
    return hash_keyed(token_id, strlen(token_id)) + limit_index;
}

static bool is_window(const struct map_node *node, const void *key) {
    const struct window *window = (const struct window *)node;
    const struct window_key *wanted = key;
    return window->limit_index == wanted->limit_index &&
           strcmp(window->token_id, wanted->token_id) == 0;
}

/* Frees windows that ended. Requires: shard->mutex held. */
static void sweep(struct shard *shard, int64_t now_ms) {
    struct map *windows = &shard->windows;
    for (struct map_node *node = map_next(windows, NULL), *next; node != NULL; node = next) {
        struct window *window = (struct window *)node;
        next = map_next(windows, node);
        if (window->ends_ms <= now_ms && !window->is_fetching && window->waiting == 0) {
            map_remove(windows, node);
            free(window);
        }
    }
    shard->sweep_at = windows->count * 2 < FIRST_SWEEP ? FIRST_SWEEP : windows->count * 2;
}

static struct window *find_window(const struct shard *shard, uint64_t hash, const char *token_id,
                                  size_t limit_index) {
    const struct window_key key = {token_id, limit_index};
    return (struct window *)map_find(&shard->windows, hash, is_window, &key);
}

/* NULL where memory is short. Requires: shard->mutex held. */
static struct window *open_window(struct shard *shard, uint64_t hash, const char *token_id,
                                  size_t limit_index, int64_t now_ms) {
    struct window *window = find_window(shard, hash, token_id, limit_index);
    if (window != NULL) {
        return window;
    }
    if (shard->windows.count >= shard->sweep_at) {
        sweep(shard, now_ms);
    }
    window = calloc(1, sizeof *window);
    if (window == NULL || !map_add(&shard->windows, &window->node, hash)) {
        free(window);
        return NULL;
    }
    memcpy(window->token_id, token_id, strnlen(token_id, UUID_TEXT_BYTES - 1));
    window->limit_index = limit_index;
    window->ends_ms = now_ms;
    return window;
}

/* Without the database, this instance counts alone: it may spend what is left of the window, or a new one. */
static void count_locally(const struct limiter *limiter, struct window *window,
                          const struct limit *limit, int64_t now_ms) {
    if (window->ends_ms <= now_ms) {
        window->ends_ms = now_ms + WINDOW_MS;
        window->reset_at_s = limiter->source.epoch_s(limiter->source.state) + WINDOW_MS / 1000;
        window->used = 0;
    }
    window->held = limit->per_minute - window->used;
    window->used = limit->per_minute;
}

/* Gets calls for the window. Requires: shard->mutex held; it is released while the database is asked. */
static void fetch(struct limiter *limiter, struct shard *shard, struct window *window,
                  const struct limit *limit) {
    const struct limiter_source *source = &limiter->source;
    const int64_t wanted = limit->per_minute <= EXACT_MAX ? 1 : limit->per_minute / LEASES;
    struct rate_window_grant grant = {0};
    enum err err = ERR_UNAVAILABLE;
    window->is_fetching = true;
    pthread_mutex_unlock(&shard->mutex);
    if (source->now_ms(source->state) >= atomic_load(&limiter->unreachable_until_ms)) {
        err = source->take(source->state, window->token_id, limit, wanted, &grant);
    }
    const int64_t now_ms = source->now_ms(source->state);
    pthread_mutex_lock(&shard->mutex);
    window->is_fetching = false;
    if (err == ERR_NONE) {
        window->ends_ms = now_ms + grant.left_ms;
        window->reset_at_s = grant.reset_at_s;
        window->used = grant.used;
        window->held = grant.granted;
    } else {
        if (now_ms >= atomic_load(&limiter->unreachable_until_ms)) {
            atomic_store(&limiter->unreachable_until_ms, now_ms + UNREACHABLE_MS);
        }
        count_locally(limiter, window, limit, now_ms);
    }
    pthread_cond_broadcast(&shard->fetched);
}

static bool is_used_up(const struct window *window, const struct limit *limit) {
    return window->held == 0 && window->used >= limit->per_minute;
}

/* Spends one call of the window, getting more where none is held. Requires: shard->mutex held. */
static bool spend(struct limiter *limiter, struct shard *shard, struct window *window,
                  const struct limit *limit) {
    while (true) {
        const bool is_open = window->ends_ms > limiter->source.now_ms(limiter->source.state);
        if (is_open && window->held > 0) {
            window->held--;
            return true;
        }
        if (is_open && is_used_up(window, limit)) {
            return false;
        }
        if (window->is_fetching) {
            window->waiting++;
            pthread_cond_wait(&shard->fetched, &shard->mutex);
            window->waiting--;
        } else {
            fetch(limiter, shard, window, limit);
        }
    }
}

void limiter_take(struct limiter *limiter, const char *token_id, const struct limit *limit,
                  struct limiter_verdict *out) {
    const struct limiter_source *source = &limiter->source;
    const uint64_t hash = hash_of(token_id, limit->index);
    struct shard *shard = &limiter->shards[hash % SHARDS];
    const int64_t now_ms = source->now_ms(source->state);
    *out = (struct limiter_verdict){.limit = limit->per_minute, .retry_after_s = 1};
    pthread_mutex_lock(&shard->mutex);
    struct window *window = open_window(shard, hash, token_id, limit->index, now_ms);
    if (window != NULL) {
        out->allowed = spend(limiter, shard, window, limit);
        out->remaining = out->allowed ? limit->per_minute - window->used + window->held : 0;
        out->reset_at_s = window->reset_at_s;
        const int64_t left_ms = window->ends_ms - source->now_ms(source->state);
        out->retry_after_s = left_ms <= 1000 ? 1 : (left_ms + 999) / 1000;
    }
    pthread_mutex_unlock(&shard->mutex);
}

int64_t limiter_get_held(struct limiter *limiter, const char *token_id, const struct limit *limit) {
    const uint64_t hash = hash_of(token_id, limit->index);
    struct shard *shard = &limiter->shards[hash % SHARDS];
    pthread_mutex_lock(&shard->mutex);
    const struct window *window = find_window(shard, hash, token_id, limit->index);
    const bool is_open =
        window != NULL && window->ends_ms > limiter->source.now_ms(limiter->source.state);
    const int64_t held = is_open ? window->held : 0;
    pthread_mutex_unlock(&shard->mutex);
    return held;
}
