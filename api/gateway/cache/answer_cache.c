#include "gateway/cache/answer_cache.h"
#include "base/clock.h"
#include "base/map.h"
#include "security/hash.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { HEADERS_KEPT_MAX = 8 };

/* The headers that describe an answer. */
static const char *const KEPT[] = {"Content-Type", "Content-Language", "Content-Disposition",
                                   "Link",         "Last-Modified",    "ETag"};

struct entry {
    struct map_node node;
    int references; /* one of the cache, one of each thread that copies the entry */
    size_t bytes;
    struct entry *newer;
    struct entry *older;
    int64_t made_at_ms; /* monotonic: time of arrival less the age then */
    int64_t fresh_ms;
    size_t headers_count;
    struct http_header headers[HEADERS_KEPT_MAX];
    const char *key;
    const char *body;
    size_t body_bytes;
    char texts[]; /* holds the texts of the members above */
};

struct answer_cache {
    size_t bytes_max;
    pthread_mutex_t mutex;
    size_t bytes;
    atomic_size_t count; /* read without the mutex: most calls have nothing cached */
    struct entry *newest;
    struct entry *oldest;
    struct map entries;
};

struct answer_cache *answer_cache_new(size_t bytes_max) {
    struct answer_cache *cache = calloc(1, sizeof *cache);
    if (cache == NULL) {
        abort(); /* at start only */
    }
    cache->bytes_max = bytes_max;
    map_init(&cache->entries, SIZE_MAX); /* bounded by bytes instead */
    pthread_mutex_init(&cache->mutex, NULL);
    return cache;
}

/* Key: "token url", or " url" for a public answer; ids have no blanks. */
static const char *make_key(struct arena *arena, const char *owner, const char *url) {
    return arena_printf(arena, "%s %s", owner != NULL ? owner : "", url);
}

static bool has_key(const struct map_node *node, const void *key) {
    return strcmp(((const struct entry *)node)->key, key) == 0;
}

static void release(struct entry *entry) {
    if (--entry->references == 0) {
        free(entry);
    }
}

/* The functions up to `unlist` require: cache->mutex held. */
static struct entry *find(struct answer_cache *cache, const char *key) {
    return (struct entry *)map_find(&cache->entries, hash_keyed(key, strlen(key)), has_key, key);
}

static void take_out(struct answer_cache *cache, struct entry *entry) {
    *(entry->newer != NULL ? &entry->newer->older : &cache->newest) = entry->older;
    *(entry->older != NULL ? &entry->older->newer : &cache->oldest) = entry->newer;
    entry->newer = NULL;
    entry->older = NULL;
}

static void put_first(struct answer_cache *cache, struct entry *entry) {
    entry->older = cache->newest;
    *(cache->newest != NULL ? &cache->newest->newer : &cache->oldest) = entry;
    cache->newest = entry;
}

static void unlist(struct answer_cache *cache, struct entry *entry) {
    map_remove(&cache->entries, &entry->node);
    take_out(cache, entry);
    cache->bytes -= entry->bytes;
    atomic_fetch_sub(&cache->count, 1);
    release(entry);
}

void answer_cache_free(struct answer_cache *cache) {
    if (cache == NULL) {
        return;
    }
    while (cache->oldest != NULL) {
        unlist(cache, cache->oldest);
    }
    map_clear(&cache->entries);
    pthread_mutex_destroy(&cache->mutex);
    free(cache);
}

static struct http_response copy_response(struct arena *arena, const struct entry *entry) {
    struct http_header *headers = ARENA_ARRAY(arena, struct http_header, entry->headers_count + 1);
    for (size_t i = 0; i < entry->headers_count; i++) {
        headers[i] = (struct http_header){entry->headers[i].name,
                                          arena_strdup(arena, entry->headers[i].value)};
    }
    return (struct http_response){
        .status = 200,
        .headers = headers,
        .headers_count = entry->headers_count,
        .body = arena_strndup(arena, entry->body, entry->body_bytes),
        .body_bytes = entry->body_bytes,
    };
}

bool answer_cache_find(struct answer_cache *cache, struct arena *arena, const char *token_id,
                       const char *url, struct cached_answer *out) {
    if (atomic_load_explicit(&cache->count, memory_order_relaxed) == 0) {
        return false;
    }
    const char *owner = token_id;
    pthread_mutex_lock(&cache->mutex);
    struct entry *entry = find(cache, make_key(arena, token_id, url));
    if (entry == NULL) {
        owner = NULL;
        entry = find(cache, make_key(arena, NULL, url));
    }
    if (entry != NULL) {
        entry->references++;
        take_out(cache, entry);
        put_first(cache, entry);
        *out = (struct cached_answer){.owner = owner,
                                      .age_ms = clock_monotonic_ms() - entry->made_at_ms,
                                      .fresh_ms = entry->fresh_ms};
        out->fresh_left_ms = entry->fresh_ms - out->age_ms;
    }
    pthread_mutex_unlock(&cache->mutex);
    if (entry == NULL) {
        return false;
    }
    out->response = copy_response(arena, entry);
    pthread_mutex_lock(&cache->mutex);
    release(entry);
    pthread_mutex_unlock(&cache->mutex);
    return true;
}

static const char *pack(char **at, const char *text, size_t length) {
    char *packed = *at;
    memcpy(packed, text, length);
    packed[length] = '\0';
    *at += length + 1;
    return packed;
}

/* NULL where memory is short or the answer is too large. */
static struct entry *make_entry(const struct answer_cache *cache, const char *key,
                                const struct http_response *answer,
                                const struct freshness *freshness) {
    const char *values[HEADERS_KEPT_MAX];
    const size_t kinds = sizeof KEPT / sizeof KEPT[0];
    size_t texts = strlen(key) + 1 + answer->body_bytes + 1;
    for (size_t i = 0; i < kinds; i++) {
        values[i] = http_response_find(answer, KEPT[i]);
        texts += values[i] != NULL ? strlen(values[i]) + 1 : 0;
    }
    const size_t bytes = sizeof(struct entry) + texts;
    struct entry *entry =
        answer->body_bytes <= CACHED_BODY_BYTES_MAX && bytes <= cache->bytes_max / 2 ? malloc(bytes)
                                                                                     : NULL;
    if (entry == NULL) {
        return NULL;
    }
    *entry = (struct entry){.references = 1,
                            .bytes = bytes,
                            .made_at_ms = clock_monotonic_ms() - freshness->age_ms,
                            .fresh_ms = freshness->fresh_ms,
                            .body_bytes = answer->body_bytes};
    char *at = entry->texts;
    entry->key = pack(&at, key, strlen(key));
    entry->body = pack(&at, answer->body, answer->body_bytes);
    for (size_t i = 0; i < kinds; i++) {
        if (values[i] != NULL) {
            entry->headers[entry->headers_count++] =
                (struct http_header){KEPT[i], pack(&at, values[i], strlen(values[i]))};
        }
    }
    return entry;
}

static void forget_key(struct answer_cache *cache, const char *key) {
    struct entry *former = find(cache, key);
    if (former != NULL) {
        unlist(cache, former);
    }
}

void answer_cache_store(struct answer_cache *cache, const char *token_id, const char *url,
                        const struct http_response *answer, const struct freshness *freshness) {
    ARENA_AUTO(arena);
    const char *key = make_key(&arena, freshness->is_shared ? NULL : token_id, url);
    struct entry *entry = make_entry(cache, key, answer, freshness);
    if (entry == NULL) {
        return;
    }
    pthread_mutex_lock(&cache->mutex);
    forget_key(cache, key);
    if (map_add(&cache->entries, &entry->node, hash_keyed(key, strlen(key)))) {
        put_first(cache, entry);
        cache->bytes += entry->bytes;
        atomic_fetch_add(&cache->count, 1);
    } else {
        release(entry); /* memory is short */
    }
    while (cache->bytes > cache->bytes_max) {
        unlist(cache, cache->oldest);
    }
    pthread_mutex_unlock(&cache->mutex);
}

void answer_cache_refresh(struct answer_cache *cache, const char *owner, const char *url,
                          const struct freshness *freshness) {
    ARENA_AUTO(arena);
    pthread_mutex_lock(&cache->mutex);
    struct entry *entry = find(cache, make_key(&arena, owner, url));
    if (entry != NULL) {
        entry->made_at_ms = clock_monotonic_ms() - freshness->age_ms;
        entry->fresh_ms = freshness->fresh_ms;
    }
    pthread_mutex_unlock(&cache->mutex);
}

void answer_cache_forget(struct answer_cache *cache, const char *token_id, const char *url) {
    ARENA_AUTO(arena);
    if (atomic_load_explicit(&cache->count, memory_order_relaxed) == 0) {
        return;
    }
    pthread_mutex_lock(&cache->mutex);
    forget_key(cache, make_key(&arena, token_id, url));
    forget_key(cache, make_key(&arena, NULL, url));
    pthread_mutex_unlock(&cache->mutex);
}

size_t answer_cache_bytes(struct answer_cache *cache) {
    pthread_mutex_lock(&cache->mutex);
    const size_t bytes = cache->bytes;
    pthread_mutex_unlock(&cache->mutex);
    return bytes;
}
