#include "outbound/address_guard.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

struct block_v4 {
    uint32_t network;
    unsigned bits;
};

struct block_v6 {
    unsigned char network[16];
    unsigned bits;
};

static const struct block_v4 INNER_V4[] = {
    {0x00000000, 8},  /* 0.0.0.0/8 */
    {0x0a000000, 8},  /* 10.0.0.0/8 */
    {0x64400000, 10}, /* 100.64.0.0/10 */
    {0x7f000000, 8},  /* 127.0.0.0/8 */
    {0xa9fe0000, 16}, /* 169.254.0.0/16 */
    {0xac100000, 12}, /* 172.16.0.0/12 */
    {0xc0000000, 24}, /* 192.0.0.0/24 */
    {0xc0000200, 24}, /* 192.0.2.0/24 */
    {0xc0586300, 24}, /* 192.88.99.0/24 */
    {0xc0a80000, 16}, /* 192.168.0.0/16 */
    {0xc6120000, 15}, /* 198.18.0.0/15 */
    {0xc6336400, 24}, /* 198.51.100.0/24 */
    {0xcb007100, 24}, /* 203.0.113.0/24 */
    {0xe0000000, 3},  /* 224.0.0.0/4, 240.0.0.0/4 */
};

static const struct block_v6 INNER_V6[] = {
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* 2001:db8::/32 */
    {{0x20, 0x01, 0x00}, 23},       /* 2001::/23: Teredo, ORCHID … */
    {{0x3f, 0xff}, 20},             /* 3fff::/20 */
};

static bool is_public_v4(uint32_t address) {
    for (size_t i = 0; i < sizeof INNER_V4 / sizeof INNER_V4[0]; i++) {
        if (((address ^ INNER_V4[i].network) >> (32 - INNER_V4[i].bits)) == 0) {
            return false;
        }
    }
    return true;
}

static uint32_t read_v4(const unsigned char *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool in_block(const unsigned char address[16], const struct block_v6 *block) {
    const size_t whole = block->bits / 8;
    const unsigned rest = block->bits % 8;
    return memcmp(address, block->network, whole) == 0 &&
           (rest == 0 || ((address[whole] ^ block->network[whole]) >> (8 - rest)) == 0);
}

static bool is_public_v6(const unsigned char address[16]) {
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff}; /* ::ffff:0:0/96 */
    static const unsigned char nat64[12] = {0x00, 0x64, 0xff, 0x9b};    /* 64:ff9b::/96 */
    if (memcmp(address, mapped, sizeof mapped) == 0 || memcmp(address, nat64, sizeof nat64) == 0) {
        return is_public_v4(read_v4(address + 12));
    }
    if (address[0] == 0x20 && address[1] == 0x02) { /* 2002::/16 carries an IPv4 address */
        return is_public_v4(read_v4(address + 2));
    }
    for (size_t i = 0; i < sizeof INNER_V6 / sizeof INNER_V6[0]; i++) {
        if (in_block(address, &INNER_V6[i])) {
            return false;
        }
    }
    return address[0] >> 5 == 1; /* 2000::/3: all that is given out as global unicast */
}

bool address_is_public(const struct sockaddr *address) {
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof v4);
        return is_public_v4(ntohl(v4.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, address, sizeof v6);
        return is_public_v6(v6.sin6_addr.s6_addr);
    }
    return false;
}
