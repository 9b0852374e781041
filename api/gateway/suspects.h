#ifndef GUICHET_GATEWAY_SUSPECTS_H
#define GUICHET_GATEWAY_SUSPECTS_H
/* Addresses that keep sending bad tokens: after 60 in a minute they get 429 before any signature is
 * looked at. An IPv6 caller is its /64. Bounded; thread-safe. */
#include <stdint.h>

struct suspects;

struct suspects *suspects_new(void);
void suspects_free(struct suspects *suspects);
/* One more bad token from there. */
void suspects_add(struct suspects *suspects, const char *address, int64_t now_ms);
/* Seconds until the address is looked at again; 0 where it is welcome. */
int64_t suspects_blocked_s(struct suspects *suspects, const char *address, int64_t now_ms);

#endif
