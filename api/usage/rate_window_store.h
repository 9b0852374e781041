#ifndef GUICHET_USAGE_RATE_WINDOW_STORE_H
#define GUICHET_USAGE_RATE_WINDOW_STORE_H
/* Windows of the gateway's limits, shared by all instances. */
#include "engine/tx.h"

struct rate_window_grant {
    int64_t used;    /* handed out in this window, `granted` included */
    int64_t granted; /* 0: the window is used up */
    int64_t reset_at_s;
    int64_t left_ms; /* until the window ends */
};

/* Takes up to `wanted` calls, at least `least` while that many are left. */
MUST_CHECK enum err rate_window_take(struct pool *pool, const char *token_id, const char *limit_key,
                                     int64_t wanted, int64_t per_minute, int64_t least,
                                     struct rate_window_grant *out);

struct rate_window_row {
    const char *limit_key;
    int64_t used;
    const char *reset_at; /* RFC 3339 */
};
MUST_CHECK enum err rate_window_list(struct pool *pool, struct arena *arena, const char *token_id,
                                     struct rate_window_row **out, size_t *count);
MUST_CHECK enum err rate_window_delete_expired(struct pool *pool);

#endif
