#include "http/ratelimit.h"
#include "security/hash.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* About 64,000 callers are remembered. Where a row of the table is full, the caller that came longest
 * ago is forgotten, which only lets them call more often. */
enum { SHARDS = 64, ROWS = 128, ROW_LENGTH = 8, MILLI = 1000 };

struct bucket {
    uint8_t key[9]; /* the first 8 bytes of an IPv6 address or the last of an IPv4 one; the class */
    int64_t tokens_milli;
    int64_t at_ms; /* 0: free */
};

struct shard {
    pthread_mutex_t mutex;
    struct bucket rows[ROWS][ROW_LENGTH];
};

struct ratelimit {
    struct shard shards[SHARDS];
};

static const struct {
    int64_t per_minute;
    int64_t burst;
} RATES[] = {
#define RATE(name, per_minute_, burst_) [RATE_##name] = {per_minute_, burst_},
#include "http/ratelimit.def"
#undef RATE
};

struct ratelimit *ratelimit_new(void) {
    struct ratelimit *ratelimit = calloc(1, sizeof *ratelimit);
    for (size_t i = 0; ratelimit != NULL && i < SHARDS; i++) {
        pthread_mutex_init(&ratelimit->shards[i].mutex, NULL);
    }
    return ratelimit;
}

void ratelimit_free(struct ratelimit *ratelimit) {
    for (size_t i = 0; ratelimit != NULL && i < SHARDS; i++) {
        pthread_mutex_destroy(&ratelimit->shards[i].mutex);
    }
    free(ratelimit);
}

static void fill_key(uint8_t key[9], enum rate_class rate, const struct ip *ip) {
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    const bool v4 = memcmp(ip->bytes, mapped, sizeof mapped) == 0;
    memcpy(key, v4 ? ip->bytes + 8 : ip->bytes, 8);
    key[8] = (uint8_t)rate;
}

/* The caller's bucket; a new one is full. */
static struct bucket *find_bucket(struct bucket row[ROW_LENGTH], const uint8_t key[9],
                                  enum rate_class rate, int64_t now_ms) {
    struct bucket *oldest = &row[0];
    for (size_t i = 0; i < ROW_LENGTH; i++) {
        if (row[i].at_ms != 0 && memcmp(row[i].key, key, sizeof row[i].key) == 0) {
            return &row[i];
        }
        if (row[i].at_ms < oldest->at_ms) {
            oldest = &row[i];
        }
    }
    memcpy(oldest->key, key, sizeof oldest->key);
    oldest->tokens_milli = RATES[rate].burst * MILLI;
    oldest->at_ms = now_ms;
    return oldest;
}

bool ratelimit_take(struct ratelimit *ratelimit, enum rate_class rate, const struct ip *ip,
                    int64_t now_ms, int64_t *retry_after_s) {
    if ((size_t)rate >= sizeof RATES / sizeof RATES[0] || RATES[rate].per_minute == 0) {
        return true;
    }
    uint8_t key[9];
    fill_key(key, rate, ip);
    const uint64_t hash = hash_keyed(key, sizeof key);
    struct shard *shard = &ratelimit->shards[hash % SHARDS];
    pthread_mutex_lock(&shard->mutex);
    struct bucket *bucket = find_bucket(shard->rows[hash / SHARDS % ROWS], key, rate, now_ms);
    const int64_t full_milli = RATES[rate].burst * MILLI;
    /* per_minute tokens a minute are per_minute / 60 thousandths of a token a millisecond. */
    bucket->tokens_milli += (now_ms - bucket->at_ms) * RATES[rate].per_minute / 60;
    bucket->tokens_milli = bucket->tokens_milli > full_milli ? full_milli : bucket->tokens_milli;
    bucket->at_ms = now_ms;
    const bool taken = bucket->tokens_milli >= MILLI;
    const int64_t missing_milli = MILLI - bucket->tokens_milli;
    bucket->tokens_milli -= taken ? MILLI : 0;
    pthread_mutex_unlock(&shard->mutex);
    *retry_after_s = taken ? 0 : missing_milli * 60 / RATES[rate].per_minute / 1000 + 1;
    return taken;
}
