#ifndef GUICHET_OUTBOUND_HOST_LIST_H
#define GUICHET_OUTBOUND_HOST_LIST_H
/* A setting that lists hosts: names ("api.example"), the names below a domain (".example"), addresses and
 * CIDR blocks, separated by commas. Names compare in any case and whole. Immutable, so thread-safe. */
#include "base/arena.h"
#include "base/err.h"
#include "base/ip.h"
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

struct host_list {
    const char *const *names;
    size_t names_count;
    const struct ip_block *blocks;
    size_t blocks_count;
};

/* In the arena. ERR_INVALID where a part is none of these; an empty text is an empty list. */
MUST_CHECK enum err host_list_parse(struct arena *arena, const char *text, struct host_list *out);
/* The host of a URL, a name or an address without brackets, is listed. */
bool host_list_has(const struct host_list *list, const char *host);
/* The address is in a listed block; never so of other families than IPv4 and IPv6. */
bool host_list_has_address(const struct host_list *list, const struct sockaddr *address);

#endif
