#ifndef GUICHET_GATEWAY_LIMIT_LIMITER_H
#define GUICHET_GATEWAY_LIMIT_LIMITER_H
/* How many calls a token may still make. A window is the 60 seconds from its first call, counted in
 * the database so that instances share it: call by call up to 50 a minute, by leases beyond that, so
 * the total never passes the limit. A window known to be used up is refused without asking. While the
 * database is away each instance counts for itself and service goes on. Thread-safe. */
#include "gateway/catalogue.h"
#include "usage/rate_window_store.h"

struct limiter;

/* Where windows are counted, and what time it is: the database and the clock, but for tests. */
struct limiter_source {
    void *state;
    enum err (*take)(void *state, const char *token_id, const struct limit *limit, int64_t wanted,
                     struct rate_window_grant *grant);
    int64_t (*now_ms)(void *state); /* monotonic */
    int64_t (*epoch_s)(void *state);
};

struct limiter_verdict {
    bool allowed;
    int64_t limit;
    int64_t remaining;
    int64_t reset_at_s;    /* epoch */
    int64_t retry_after_s; /* where not allowed */
};

struct limiter *limiter_new(const struct limiter_source *source);
/* The source that counts in this pool. */
struct limiter_source limiter_source_of_pool(struct pool *pool);
void limiter_free(struct limiter *limiter);
/* Counts one call. */
void limiter_take(struct limiter *limiter, const char *token_id, const struct limit *limit,
                  struct limiter_verdict *out);
/* Calls that this instance holds and has not spent. */
int64_t limiter_get_held(struct limiter *limiter, const char *token_id, const struct limit *limit);

#endif
