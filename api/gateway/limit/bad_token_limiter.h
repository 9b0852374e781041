#ifndef GUICHET_GATEWAY_LIMIT_BAD_TOKEN_LIMITER_H
#define GUICHET_GATEWAY_LIMIT_BAD_TOKEN_LIMITER_H
/* Addresses that keep sending bad tokens: after 60 in a minute they get 429 before any signature is
 * looked at. An IPv6 caller is its /64. Bounded; thread-safe. */
#include <stdint.h>

struct bad_token_limiter;

struct bad_token_limiter *bad_token_limiter_new(void);
void bad_token_limiter_free(struct bad_token_limiter *bad_token_limiter);
/* One more bad token from there. */
void bad_token_limiter_add(struct bad_token_limiter *bad_token_limiter, const char *address,
                           int64_t now_ms);
/* Seconds until the address is looked at again; 0 where it is welcome. */
int64_t bad_token_limiter_blocked_s(struct bad_token_limiter *bad_token_limiter,
                                    const char *address, int64_t now_ms);

#endif
