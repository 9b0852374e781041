#include "gateway/limit/bad_token_limiter.h"
#include "base/ip.h"
#include "security/hash.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 4096, WAYS = 8, BAD_MAX = 60, WINDOW_MS = 60 * 1000, KEY_BYTES = 16 };

struct bad_token_address {
    unsigned char key[KEY_BYTES];
    int64_t until_ms; /* end of its window; 0: free */
    int bad;
};

struct bad_token_limiter {
    pthread_mutex_t mutex;
    struct bad_token_address slots[SLOTS];
};

struct bad_token_limiter *bad_token_limiter_new(void) {
    struct bad_token_limiter *bad_token_limiter = calloc(1, sizeof *bad_token_limiter);
    if (bad_token_limiter == NULL) {
        abort(); /* at start only */
    }
    pthread_mutex_init(&bad_token_limiter->mutex, NULL);
    return bad_token_limiter;
}

void bad_token_limiter_free(struct bad_token_limiter *bad_token_limiter) {
    if (bad_token_limiter != NULL) {
        pthread_mutex_destroy(&bad_token_limiter->mutex);
        free(bad_token_limiter);
    }
}

/* The address itself for IPv4 (kept as mapped IPv6), the first 64 bits for IPv6. */
static void key_of(const char *address, unsigned char key[KEY_BYTES]) {
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    struct ip ip;
    memset(key, 0, KEY_BYTES);
    if (!ip_parse(address, &ip)) {
        return;
    }
    memcpy(key, ip.bytes, memcmp(ip.bytes, mapped, sizeof mapped) == 0 ? KEY_BYTES : 8);
}

static struct bad_token_address *bucket_of(struct bad_token_limiter *bad_token_limiter,
                                           const unsigned char key[KEY_BYTES]) {
    return &bad_token_limiter->slots[hash_keyed(key, KEY_BYTES) % (SLOTS / WAYS) * WAYS];
}

/* The slot of the address; NULL without one. Requires: limiter->mutex held. */
static struct bad_token_address *find(struct bad_token_address *bucket,
                                      const unsigned char key[KEY_BYTES], int64_t now_ms) {
    for (size_t i = 0; i < WAYS; i++) {
        if (bucket[i].until_ms > now_ms && memcmp(bucket[i].key, key, KEY_BYTES) == 0) {
            return &bucket[i];
        }
    }
    return NULL;
}

void bad_token_limiter_add(struct bad_token_limiter *bad_token_limiter, const char *address,
                           int64_t now_ms) {
    unsigned char key[KEY_BYTES];
    key_of(address, key);
    struct bad_token_address *bucket = bucket_of(bad_token_limiter, key);
    pthread_mutex_lock(&bad_token_limiter->mutex);
    struct bad_token_address *bad_token_address = find(bucket, key, now_ms);
    if (bad_token_address == NULL) {
        bad_token_address = &bucket[0];
        for (size_t i = 1; i < WAYS; i++) {
            bad_token_address =
                bucket[i].until_ms < bad_token_address->until_ms ? &bucket[i] : bad_token_address;
        }
        *bad_token_address = (struct bad_token_address){.until_ms = now_ms + WINDOW_MS};
        memcpy(bad_token_address->key, key, KEY_BYTES);
    }
    bad_token_address->bad++;
    pthread_mutex_unlock(&bad_token_limiter->mutex);
}

int64_t bad_token_limiter_blocked_s(struct bad_token_limiter *bad_token_limiter,
                                    const char *address, int64_t now_ms) {
    unsigned char key[KEY_BYTES];
    key_of(address, key);
    struct bad_token_address *bucket = bucket_of(bad_token_limiter, key);
    pthread_mutex_lock(&bad_token_limiter->mutex);
    const struct bad_token_address *bad_token_address = find(bucket, key, now_ms);
    const int64_t left_ms = bad_token_address != NULL && bad_token_address->bad >= BAD_MAX
                                ? bad_token_address->until_ms - now_ms
                                : 0;
    pthread_mutex_unlock(&bad_token_limiter->mutex);
    return (left_ms + 999) / 1000;
}
