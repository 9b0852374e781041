#ifndef GUICHET_GATEWAY_PROVIDER_REMOTE_ANSWER_H
#define GUICHET_GATEWAY_PROVIDER_REMOTE_ANSWER_H
/* What a remote provider answered, as the caller gets it: passed on, kept where he allows it, or an
 * error of ours. For remote.c alone. */
#include "gateway/cache/answer_cache.h"
#include "gateway/gateway_parts.h"

/* What is known of an answer before its provider is asked. */
struct remote_memory {
    const char *url;
    struct cache_wish wish;
    bool has_kept;
    struct cached_answer kept;
};

/* Answers from memory where what is kept is fresh enough for the caller. */
bool remote_memory_answer(struct call *call, const char *url, struct remote_memory *out);
/* The header that asks whether what is kept is still good: 0 or 1 of them. */
size_t remote_memory_condition(const struct remote_memory *memory, struct http_header *out);
/* True where the provider did its work, whatever it found. */
bool remote_answer(struct call *call, const struct remote_memory *memory,
                   const struct http_response *answer);
/* False, as its answer: none came, or none that could be read. */
bool remote_answer_failure(struct call *call, enum err err);

#endif
