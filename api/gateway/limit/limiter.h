#ifndef GUICHET_GATEWAY_LIMIT_LIMITER_H
#define GUICHET_GATEWAY_LIMIT_LIMITER_H
/* Rate limits of tokens. A window is the 60 seconds from its first call, counted in the database so that
 * instances share it: call by call up to 50 a minute, by leases above that, so that the total never exceeds
 * the limit. Calls of a window that is used up are refused without a query. While the database is
 * unreachable each instance counts alone, so that calls are still served. Thread-safe. */
#include "gateway/catalogue.h"
#include "sql/usage.h"

struct limiter;

/* Where windows are counted, and the clock: a pool and the system clock, except in tests. */
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
    int64_t reset_at_s;    /* since 1970 */
    int64_t retry_after_s; /* where not allowed */
};

/* Copies the source. To be freed by limiter_free. */
struct limiter *limiter_new(const struct limiter_source *source);
/* The source that counts in this pool, which it borrows. */
struct limiter_source limiter_source_of_pool(struct pool *pool);
void limiter_free(struct limiter *limiter);
/* Counts one call against the limit. Waits for the database where this instance holds no call. */
void limiter_take(struct limiter *limiter, const char *token_id, const struct limit *limit,
                  struct limiter_verdict *out);
/* Calls that were granted to this instance and are not spent. */
int64_t limiter_get_held(struct limiter *limiter, const char *token_id, const struct limit *limit);

#endif
