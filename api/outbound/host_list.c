#include "outbound/host_list.h"
#include "base/text.h"
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

enum { NAME_BYTES_MAX = 253 };

static bool is_name(const char *text) {
    const size_t length = strlen(text);
    const char *first = *text == '.' ? text + 1 : text;
    const char *last = strrchr(first, '.');
    last = last == NULL ? first : last + 1;
    return *first != '\0' && *first != '.' && *last != '\0' && length <= NAME_BYTES_MAX &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_") ==
               length &&
           strspn(last, "0123456789") != strlen(last); /* that would be a broken address */
}

static size_t count_parts(const char *text) {
    size_t count = 1;
    for (const char *c = text; *c != '\0'; c++) {
        count += *c == ',' ? 1 : 0;
    }
    return count;
}

static const char *trim(struct arena *arena, const char *text, size_t length) {
    const size_t before = strspn(text, " \t");
    const size_t from = before < length ? before : length;
    while (length > from && (text[length - 1] == ' ' || text[length - 1] == '\t')) {
        length--;
    }
    return arena_strndup(arena, text + from, length - from);
}

enum err host_list_parse(struct arena *arena, const char *text, struct host_list *out) {
    const size_t most = count_parts(text);
    const char **names = ARENA_ARRAY(arena, const char *, most);
    struct ip_block *blocks = ARENA_ARRAY(arena, struct ip_block, most);
    *out = (struct host_list){.names = names, .blocks = blocks};
    if (*text == '\0') {
        return ERR_NONE;
    }
    for (size_t i = 0; i < most; i++) {
        const size_t length = strcspn(text, ",");
        const char *part = trim(arena, text, length);
        if (ip_block_parse(part, &blocks[out->blocks_count])) {
            out->blocks_count++;
        } else if (is_name(part)) {
            names[out->names_count++] = part;
        } else {
            return ERR_INVALID;
        }
        text += length + 1;
    }
    return ERR_NONE;
}

static bool fits(const char *listed, const char *host) {
    const size_t length = strlen(host);
    const size_t end = strlen(listed);
    return *listed == '.' ? length > end && strcasecmp(host + length - end, listed) == 0
                          : strcasecmp(host, listed) == 0;
}

bool host_list_has(const struct host_list *list, const char *host) {
    struct ip ip;
    if (ip_parse(host, &ip)) {
        return ip_blocks_have(list->blocks, list->blocks_count, &ip);
    }
    for (size_t i = 0; i < list->names_count; i++) {
        if (fits(list->names[i], host)) {
            return true;
        }
    }
    return false;
}

bool host_list_has_address(const struct host_list *list, const struct sockaddr *address) {
    struct ip ip = {.bytes = {[10] = 0xff, [11] = 0xff}};
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof v4);
        memcpy(ip.bytes + 12, &v4.sin_addr, 4);
    } else if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, address, sizeof v6);
        memcpy(ip.bytes, &v6.sin6_addr, sizeof ip.bytes);
    } else {
        return false;
    }
    return ip_blocks_have(list->blocks, list->blocks_count, &ip);
}
