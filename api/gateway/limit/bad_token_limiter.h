#ifndef GUICHET_GATEWAY_LIMIT_BAD_TOKEN_LIMITER_H
#define GUICHET_GATEWAY_LIMIT_BAD_TOKEN_LIMITER_H
/* Limits addresses that keep sending bad tokens: after 60 within a minute they get 429 before a signature is
 * verified, which costs 150 µs. IPv6 addresses are counted by /64. Memory is bounded. Thread-safe. */
#include <stdint.h>

struct bad_token_limiter;

struct bad_token_limiter *bad_token_limiter_new(void);
void bad_token_limiter_free(struct bad_token_limiter *bad_token_limiter);
/* Counts a bad token from this address. */
void bad_token_limiter_add(struct bad_token_limiter *bad_token_limiter, const char *address,
                           int64_t now_ms);
/* Seconds until calls from this address are served again; 0 where they are. */
int64_t bad_token_limiter_blocked_s(struct bad_token_limiter *bad_token_limiter,
                                    const char *address, int64_t now_ms);

#endif
