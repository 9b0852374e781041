#include "base/ip.h"
#include "base/text.h"
#include <arpa/inet.h>
#include <string.h>

enum { V4_PREFIX_BITS = 96, ALL_BITS = 128, TEXT_BYTES_MAX = 64 };

static const uint8_t V4_PREFIX[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool is_v4(const struct ip *ip) {
    return memcmp(ip->bytes, V4_PREFIX, sizeof V4_PREFIX) == 0;
}

bool ip_parse(const char *text, struct ip *out) {
    if (strchr(text, ':') != NULL) {
        return inet_pton(AF_INET6, text, out->bytes) == 1;
    }
    memcpy(out->bytes, V4_PREFIX, sizeof V4_PREFIX);
    return inet_pton(AF_INET, text, out->bytes + sizeof V4_PREFIX) == 1;
}

bool ip_block_has(const struct ip_block *block, const struct ip *ip) {
    const unsigned int whole = block->prefix / 8;
    const unsigned int bits = block->prefix % 8;
    if (memcmp(block->network.bytes, ip->bytes, whole) != 0) {
        return false;
    }
    const uint8_t mask = (uint8_t)(0xff00U >> bits);
    return bits == 0 || (block->network.bytes[whole] & mask) == (ip->bytes[whole] & mask);
}

static bool host_bits_are_zero(const struct ip_block *block) {
    for (unsigned int bit = block->prefix; bit < ALL_BITS; bit++) {
        if ((block->network.bytes[bit / 8] & (0x80U >> (bit % 8))) != 0) {
            return false;
        }
    }
    return true;
}

bool ip_block_parse(const char *text, struct ip_block *out) {
    char address[TEXT_BYTES_MAX];
    const size_t length = strcspn(text, "/");
    if (length >= sizeof address) {
        return false;
    }
    memcpy(address, text, length);
    address[length] = '\0';
    if (!ip_parse(address, &out->network)) {
        return false;
    }
    const bool v4 = strchr(address, ':') == NULL;
    int64_t prefix = v4 ? ALL_BITS - V4_PREFIX_BITS : ALL_BITS;
    if (text[length] == '/' && !text_parse_integer(text + length + 1, 0, prefix, &prefix)) {
        return false;
    }
    out->prefix = (unsigned int)prefix + (v4 ? V4_PREFIX_BITS : 0);
    return host_bits_are_zero(out);
}

bool ip_block_is_too_wide(const struct ip_block *block) {
    return is_v4(&block->network) ? block->prefix < V4_PREFIX_BITS + 8 : block->prefix < 7;
}

bool ip_blocks_meet(const struct ip_block *a, const struct ip_block *b) {
    return ip_block_has(a, &b->network) || ip_block_has(b, &a->network);
}

const char *ip_text(struct arena *arena, const struct ip *ip) {
    char *text = arena_alloc(arena, INET6_ADDRSTRLEN);
    if (is_v4(ip)) {
        char *at = text;
        for (size_t i = sizeof V4_PREFIX; i < sizeof ip->bytes; i++) {
            char digits[TEXT_INTEGER_BYTES];
            const size_t length = text_write_integer(digits, ip->bytes[i]);
            memcpy(at, digits, length);
            at[length] = '.';
            at += length + 1;
        }
        at[-1] = '\0';
    } else {
        inet_ntop(AF_INET6, ip->bytes, text, INET6_ADDRSTRLEN);
    }
    return text;
}

const char *ip_network_text(struct arena *arena, const struct ip *ip) {
    struct ip network = *ip;
    const size_t kept = is_v4(ip) ? sizeof ip->bytes - 1 : sizeof ip->bytes / 2;
    memset(network.bytes + kept, 0, sizeof network.bytes - kept);
    return arena_printf(arena, "%s/%d", ip_text(arena, &network), is_v4(ip) ? 24 : 64);
}

bool ip_is_loopback(const struct ip *ip) {
    static const struct ip one = {{[15] = 1}};
    return is_v4(ip) ? ip->bytes[sizeof V4_PREFIX] == 127 : memcmp(ip, &one, sizeof one) == 0;
}

enum err ip_blocks_parse(struct arena *arena, const char *text, struct ip_block **blocks,
                         size_t *count) {
    *count = 0;
    *blocks = ARENA_ARRAY(arena, struct ip_block, strlen(text) / 2 + 1);
    const char *at = text + strspn(text, " ");
    if (*at == '\0') {
        return ERR_NONE;
    }
    for (;;) {
        at += strspn(at, " ");
        const size_t length = strcspn(at, ",");
        size_t used = length;
        while (used > 0 && at[used - 1] == ' ') {
            used--;
        }
        if (!ip_block_parse(arena_strndup(arena, at, used), &(*blocks)[*count])) {
            return ERR_INVALID;
        }
        (*count)++;
        at += length;
        if (*at == '\0') {
            return ERR_NONE;
        }
        at++;
    }
}

bool ip_blocks_have(const struct ip_block *blocks, size_t count, const struct ip *ip) {
    for (size_t i = 0; i < count; i++) {
        if (ip_block_has(&blocks[i], ip)) {
            return true;
        }
    }
    return false;
}
