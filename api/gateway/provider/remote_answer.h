#ifndef GUICHET_GATEWAY_PROVIDER_REMOTE_ANSWER_H
#define GUICHET_GATEWAY_PROVIDER_REMOTE_ANSWER_H
/* From the answer of a remote provider to the caller's: passed on, cached where the provider allows it, or an
 * error of the gateway. For remote.c only. */
#include "gateway/cache/answer_cache.h"
#include "gateway/gateway_parts.h"

/* The cached answer, as it is before the provider is called. */
struct cache_lookup {
    const char *url;
    struct cache_demand demand;
    bool is_found;
    struct cached_answer cached;
};

/* Answers from the cache; false where nothing there is fresh enough for the caller. */
bool remote_answer_from_cache(struct call *call, const char *url, struct cache_lookup *out);
/* The header that revalidates the cached answer, If-None-Match or If-Modified-Since. Returns how many: 0 or 1. */
size_t remote_answer_condition(const struct cache_lookup *lookup, struct http_header *out);
/* True where the provider answered properly, whatever it found. */
bool remote_answer(struct call *call, const struct cache_lookup *lookup,
                   const struct http_response *answer);
/* Answers for a provider that did not answer, or not readably. Returns false. */
bool remote_answer_failure(struct call *call, enum err err);

#endif
