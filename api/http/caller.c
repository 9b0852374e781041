#include "http/caller.h"
#include "base/ip.h"
#include "http/http_state.h"
#include <string.h>
#include <strings.h>

enum { LIST_BYTES_MAX = 64 * 1024, HOP_BYTES_MAX = 64, PORT_DIGITS_MAX = 5 };

static bool is_trusted(const struct exchange *exchange, const struct ip *ip) {
    return ip_blocks_have(exchange->http->proxies, exchange->http->proxies_count, ip);
}

/* Several lines are one list, in their order (RFC 9110, 5.3): a proxy may append its own line behind the one
 * that its caller wrote. "" without any. */
static const char *join_lines(const struct exchange *exchange) {
    const struct request *request = &exchange->request;
    struct buf list;
    buf_init(&list, exchange->arena, LIST_BYTES_MAX);
    bool is_first = true;
    for (size_t i = 0; i < request->headers_count; i++) {
        if (strcasecmp(request->headers[i].name, "X-Forwarded-For") == 0) {
            buf_puts(&list, is_first ? "" : ",");
            buf_puts(&list, request->headers[i].value);
            is_first = false;
        }
    }
    return buf_text(&list);
}

static bool is_port(const char *text) {
    const size_t length = strlen(text);
    return length <= PORT_DIGITS_MAX && text_is_digits(text, length) && length > 0;
}

/* An address, with a port or not, as proxies write it: "192.0.2.1", "192.0.2.1:80", "2001:db8::1",
 * "[2001:db8::1]", "[2001:db8::1]:80". Writes into `text`. */
static bool parse_hop(char *text, struct ip *ip) {
    char *colon = strchr(text, ':');
    if (*text == '[') {
        char *end = strchr(text, ']');
        if (end == NULL || colon == NULL || colon > end) {
            return false;
        }
        *end = '\0';
        return (end[1] == '\0' || (end[1] == ':' && is_port(end + 2))) && ip_parse(text + 1, ip);
    }
    if (colon != NULL && strchr(colon + 1, ':') == NULL) {
        *colon = '\0';
        return is_port(colon + 1) && ip_parse(text, ip);
    }
    return ip_parse(text, ip);
}

/* Removes the last element of a list that ends at `*length`; false where it is empty or no address. */
static bool take_last(const char *list, size_t *length, struct ip *ip) {
    size_t start = *length;
    while (start > 0 && list[start - 1] != ',') {
        start--;
    }
    char text[HOP_BYTES_MAX];
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
    return parse_hop(text, ip);
}

/* Each proxy appends the address that called it. Walk right to left: the first untrusted hop is the caller. An
 * element that is no address ends the walk at the proxy that passed it on, as do CALLER_HOPS_MAX hops. */
static struct ip walk_back(const struct exchange *exchange, struct ip peer, const char *list) {
    size_t left = strlen(list);
    struct ip caller = peer;
    struct ip next;
    for (size_t hops = 0; hops < CALLER_HOPS_MAX && left > 0 && is_trusted(exchange, &caller) &&
                          take_last(list, &left, &next);
         hops++) {
        caller = next;
    }
    return caller;
}

void caller_resolve(struct exchange *exchange, const char *peer) {
    struct request *request = &exchange->request;
    struct ip ip;
    request->address = peer;
    if (!ip_parse(peer, &ip)) {
        return;
    }
    if (is_trusted(exchange, &ip)) {
        ip = walk_back(exchange, ip, join_lines(exchange));
    }
    request->address = ip_text(exchange->arena, &ip);
}
