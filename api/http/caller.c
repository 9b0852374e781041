#include "http/caller.h"
#include "base/ip.h"
#include "http/http_state.h"
#include <string.h>
#include <strings.h>

static bool is_trusted(const struct exchange *exchange, const struct ip *ip) {
    return ip_blocks_have(exchange->http->proxies, exchange->http->proxies_count, ip);
}

/* Removes the last element of a list that ends at `*length`; false where it is empty or no address. */
static bool take_last(const char *list, size_t *length, struct ip *ip) {
    size_t start = *length;
    while (start > 0 && list[start - 1] != ',') {
        start--;
    }
    char text[64];
    const char *from = list + start;
    size_t used = *length - start;
    while (used > 0 && (*from == ' ' || *from == '\t')) {
        from++;
        used--;
    }
    while (used > 0 && (from[used - 1] == ' ' || from[used - 1] == '\t')) {
        used--;
    }
    *length = start > 0 ? start - 1 : 0;
    if (used == 0 || used >= sizeof text) {
        return false;
    }
    memcpy(text, from, used);
    text[used] = '\0';
    return ip_parse(text, ip);
}

/* Each proxy appends the address that called it. Walk right to left: the first untrusted hop is the
 * caller. */
static struct ip walk_back(const struct exchange *exchange, struct ip peer, const char *list) {
    size_t left = strlen(list);
    struct ip caller = peer;
    struct ip next;
    while (left > 0 && is_trusted(exchange, &caller) && take_last(list, &left, &next)) {
        caller = next;
    }
    return caller;
}

void caller_resolve(struct exchange *exchange, const char *peer) {
    struct request *request = &exchange->request;
    struct ip ip;
    request->address = peer;
    request->is_secure = text_starts_with(exchange->services->config->public_url, "https://");
    if (!ip_parse(peer, &ip)) {
        return;
    }
    if (is_trusted(exchange, &ip)) {
        const char *list = request_header(exchange, "X-Forwarded-For");
        const char *scheme = request_header(exchange, "X-Forwarded-Proto");
        ip = list == NULL ? ip : walk_back(exchange, ip, list);
        request->is_secure = scheme == NULL ? request->is_secure : strcasecmp(scheme, "https") == 0;
    }
    request->address = ip_text(exchange->arena, &ip);
}
