#ifndef GUICHET_GATEWAY_CACHE_ANSWER_CACHE_H
#define GUICHET_GATEWAY_CACHE_ANSWER_CACHE_H
/* Answers that their providers allow us to keep, for a token or, where they are public, for all. Bound
 * in bytes: the one that was not asked for longest goes first. Thread-safe. */
#include "gateway/cache/freshness.h"

struct answer_cache;

enum { CACHED_BODY_BYTES_MAX = 1024 * 1024 };

/* Everything in the arena of who asks. */
struct cached_answer {
    struct http_response response; /* with the headers that describe it */
    const char *owner;             /* the token it is kept for; NULL: all */
    int64_t age_ms;
    int64_t fresh_ms;      /* in all */
    int64_t fresh_left_ms; /* 0 or less: to be asked about */
};

/* 0 keeps nothing. Never NULL. */
struct answer_cache *answer_cache_new(size_t bytes_max);
void answer_cache_free(struct answer_cache *cache); /* NULL does nothing */
/* What is kept for this token, or for all, under this URL. */
bool answer_cache_find(struct answer_cache *cache, struct arena *arena, const char *token_id,
                       const char *url, struct cached_answer *out);
/* Instead of what was kept there; a body beyond CACHED_BODY_BYTES_MAX is not kept. */
void answer_cache_store(struct answer_cache *cache, const char *token_id, const char *url,
                        const struct http_response *answer, const struct freshness *freshness);
/* The provider says that it did not change. `owner` as found. */
void answer_cache_refresh(struct answer_cache *cache, const char *owner, const char *url,
                          const struct freshness *freshness);
/* Drops what is kept for this token, or for all. */
void answer_cache_forget(struct answer_cache *cache, const char *token_id, const char *url);
size_t answer_cache_bytes(struct answer_cache *cache);

#endif
