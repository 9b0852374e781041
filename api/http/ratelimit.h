#ifndef GUICHET_HTTP_RATELIMIT_H
#define GUICHET_HTTP_RATELIMIT_H
/* How often one address may call, by rate class: one token bucket each, in memory and bounded, for
 * this instance alone (limits that must hold over all instances are counted in the database,
 * core/attempt.h). An IPv6 caller counts by its /64. Thread-safe. */
#include "base/ip.h"
#include "http/route.h"

struct ratelimit;

/* NULL without memory. The caller frees. */
struct ratelimit *ratelimit_new(void);
void ratelimit_free(struct ratelimit *ratelimit);
/* Takes one token. False where the bucket is empty; `*retry_after_s` is then when it will not be.
 * `now_ms` is monotonic. */
bool ratelimit_take(struct ratelimit *ratelimit, enum rate_class rate, const struct ip *ip,
                    int64_t now_ms, int64_t *retry_after_s);

#endif
