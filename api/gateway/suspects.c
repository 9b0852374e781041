#include "gateway/suspects.h"
#include "base/ip.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 4096, WAYS = 8, BAD_MAX = 60, WINDOW_MS = 60 * 1000, KEY_BYTES = 16 };

struct suspect {
    unsigned char key[KEY_BYTES];
    int64_t until_ms; /* end of its window; 0: free */
    int bad;
};

struct suspects {
    pthread_mutex_t mutex;
    struct suspect slots[SLOTS];
};

struct suspects *suspects_new(void) {
    struct suspects *suspects = calloc(1, sizeof *suspects);
    if (suspects == NULL) {
        abort(); /* at start only */
    }
    pthread_mutex_init(&suspects->mutex, NULL);
    return suspects;
}

void suspects_free(struct suspects *suspects) {
    if (suspects != NULL) {
        pthread_mutex_destroy(&suspects->mutex);
        free(suspects);
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

static struct suspect *bucket_of(struct suspects *suspects, const unsigned char key[KEY_BYTES]) {
    uint64_t hash = UINT64_C(1469598103934665603);
    for (size_t i = 0; i < KEY_BYTES; i++) {
        hash = (hash ^ key[i]) * UINT64_C(1099511628211);
    }
    return &suspects->slots[(hash ^ hash >> 29) % (SLOTS / WAYS) * WAYS];
}

/* The address's slot; NULL where it has none. With the lock held. */
static struct suspect *find(struct suspect *bucket, const unsigned char key[KEY_BYTES],
                            int64_t now_ms) {
    for (size_t i = 0; i < WAYS; i++) {
        if (bucket[i].until_ms > now_ms && memcmp(bucket[i].key, key, KEY_BYTES) == 0) {
            return &bucket[i];
        }
    }
    return NULL;
}

void suspects_add(struct suspects *suspects, const char *address, int64_t now_ms) {
    unsigned char key[KEY_BYTES];
    key_of(address, key);
    struct suspect *bucket = bucket_of(suspects, key);
    pthread_mutex_lock(&suspects->mutex);
    struct suspect *suspect = find(bucket, key, now_ms);
    if (suspect == NULL) {
        suspect = &bucket[0];
        for (size_t i = 1; i < WAYS; i++) {
            suspect = bucket[i].until_ms < suspect->until_ms ? &bucket[i] : suspect;
        }
        *suspect = (struct suspect){.until_ms = now_ms + WINDOW_MS};
        memcpy(suspect->key, key, KEY_BYTES);
    }
    suspect->bad++;
    pthread_mutex_unlock(&suspects->mutex);
}

int64_t suspects_blocked_s(struct suspects *suspects, const char *address, int64_t now_ms) {
    unsigned char key[KEY_BYTES];
    key_of(address, key);
    struct suspect *bucket = bucket_of(suspects, key);
    pthread_mutex_lock(&suspects->mutex);
    const struct suspect *suspect = find(bucket, key, now_ms);
    const int64_t left_ms =
        suspect != NULL && suspect->bad >= BAD_MAX ? suspect->until_ms - now_ms : 0;
    pthread_mutex_unlock(&suspects->mutex);
    return (left_ms + 999) / 1000;
}
