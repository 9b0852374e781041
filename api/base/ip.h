#ifndef GUICHET_BASE_IP_H
#define GUICHET_BASE_IP_H
/* IP addresses and CIDR blocks, version 4 and 6. An IPv4 address is kept as its IPv4-mapped IPv6
 * address (RFC 4291, 2.5.5.2), so that both compare in one way. Thread-safe. */
#include "base/arena.h"
#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

struct ip {
    uint8_t bytes[16];
};

struct ip_block {
    struct ip network;
    unsigned int prefix; /* 0 to 128; that of an IPv4 block plus 96 */
};

/* Strict text of one address: no zone, no leading zero in IPv4 parts. */
bool ip_parse(const char *text, struct ip *out);
/* "10.0.0.0/8", "2001:db8::/32" or one address; bits beyond the prefix must be zero. */
bool ip_block_parse(const char *text, struct ip_block *out);
bool ip_block_has(const struct ip_block *block, const struct ip *ip);
/* Wider than any network that one operator has: below /8 of IPv4, below /7 of IPv6. */
bool ip_block_is_too_wide(const struct ip_block *block);
/* Some address is in both. */
bool ip_blocks_meet(const struct ip_block *a, const struct ip_block *b);
/* Shortest text form (RFC 5952; IPv4 in its own), in the arena. */
const char *ip_text(struct arena *arena, const struct ip *ip);
/* The network that an address belongs to, as its provider gives them out: "192.0.2.0/24", "2001:db8:1:2::/64". In
 * the arena. */
const char *ip_network_text(struct arena *arena, const struct ip *ip);
/* 127.0.0.0/8 and ::1. */
bool ip_is_loopback(const struct ip *ip);

/* Parts of a list separated by commas; blanks around are dropped, empty parts refused but for an
 * empty text, which is an empty list. ERR_INVALID where a part is no address nor block. */
MUST_CHECK enum err ip_blocks_parse(struct arena *arena, const char *text, struct ip_block **blocks,
                                    size_t *count);
bool ip_blocks_have(const struct ip_block *blocks, size_t count, const struct ip *ip);

#endif
