#ifndef GUICHET_GATEWAY_CACHE_ANSWER_CACHE_H
#define GUICHET_GATEWAY_CACHE_ANSWER_CACHE_H
/* Cache of answers of remote providers, as these allow: for one token or, where they are public, for all.
 * Bounded in bytes; the least recently used answer is dropped first. Thread-safe. */
#include "gateway/cache/freshness.h"

struct answer_cache;

enum { CACHED_BODY_BYTES_MAX = 1024 * 1024 };

/* In the caller's arena. */
struct cached_answer {
    struct http_response response; /* with the headers that describe it */
    const char *owner;             /* the token that it is cached for; NULL: all */
    int64_t age_ms;
    int64_t fresh_ms;      /* in all */
    int64_t fresh_left_ms; /* 0 or less: to be revalidated */
};

/* `bytes_max` 0 caches nothing. Never NULL; to be freed by answer_cache_free. */
struct answer_cache *answer_cache_new(size_t bytes_max);
void answer_cache_free(struct answer_cache *cache); /* NULL does nothing */
/* The answer cached for this token, or for all, under this URL; false without. */
bool answer_cache_find(struct answer_cache *cache, struct arena *arena, const char *token_id,
                       const char *url, struct cached_answer *out);
/* Replaces the cached answer; a body above CACHED_BODY_BYTES_MAX is not cached. */
void answer_cache_store(struct answer_cache *cache, const char *token_id, const char *url,
                        const struct http_response *answer, const struct freshness *freshness);
/* The provider answered 304: fresh again. `owner` as found. */
void answer_cache_refresh(struct answer_cache *cache, const char *owner, const char *url,
                          const struct freshness *freshness);
/* Drops the answer cached for this token, or for all. */
void answer_cache_forget(struct answer_cache *cache, const char *token_id, const char *url);
size_t answer_cache_bytes(struct answer_cache *cache);

#endif
