#include "http/caller.h"
#include "base/clock.h"
#include "base/ip.h"
#include "base/log.h"
#include "http/http_state.h"
#include <stdatomic.h>
#include <string.h>
#include <strings.h>

enum {
    LIST_BYTES_MAX = 64 * 1024,
    HOP_BYTES_MAX = 64, /* longer than any address with its port */
    UNREADABLE_LOGGED_MS = 60 * 1000,
};

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
    int64_t port = 0;
    return text_is_digits(text, strlen(text)) && text_parse_integer(text, 0, UINT16_MAX, &port);
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

/* The last element of a list that ends at `*length`, which it shortens; empty ones are passed over. NULL: no more.
 * One that is longer than any address is cut, and is none. */
static char *take_last(struct arena *arena, const char *list, size_t *length) {
    static const char blanks[] = " \t,";
    while (*length > 0 && strchr(blanks, list[*length - 1]) != NULL) {
        (*length)--;
    }
    size_t start = *length;
    while (start > 0 && list[start - 1] != ',') {
        start--;
    }
    if (*length == 0) {
        return NULL;
    }
    const char *from = list + start + strspn(list + start, " \t");
    const size_t used = (size_t)(list + *length - from);
    *length = start;
    return arena_strndup(arena, from, used < HOP_BYTES_MAX ? used : HOP_BYTES_MAX);
}

/* Once a minute: a proxy that writes so does so at each call. */
static void log_unreadable(const char *element, const char *hop) {
    static atomic_int_fast64_t logged_at_ms = -UNREADABLE_LOGGED_MS;
    const int64_t now_ms = clock_monotonic_ms();
    int64_t last_ms = atomic_load(&logged_at_ms);
    if (now_ms - last_ms >= UNREADABLE_LOGGED_MS &&
        atomic_compare_exchange_strong(&logged_at_ms, &last_ms, now_ms)) {
        log_warning(LOG_CALLER_UNREADABLE, LOG_TEXT("proxy", hop), LOG_TEXT("element", element));
    }
}

/* Each proxy appends the address that called it. Walk right to left: the first untrusted hop is the caller. `*ip` is
 * the last one that could be read; the element that could not, NULL where all could. */
static const char *walk_back(const struct exchange *exchange, const char *list, struct ip *ip) {
    size_t left = strlen(list);
    for (size_t hops = 0; is_trusted(exchange, ip); hops++) {
        struct ip next;
        char *element = take_last(exchange->arena, list, &left);
        if (element == NULL) {
            return NULL; /* the proxy calls on its own account */
        }
        const char *shown = arena_strdup(exchange->arena, element);
        if (hops == CALLER_HOPS_MAX || !parse_hop(element, &next)) {
            return shown;
        }
        *ip = next;
    }
    return NULL;
}

void caller_resolve(struct exchange *exchange, const char *peer) {
    struct request *request = &exchange->request;
    struct ip ip;
    request->address = peer;
    request->hop = peer;
    if (!ip_parse(peer, &ip)) {
        return;
    }
    const char *unreadable =
        is_trusted(exchange, &ip) ? walk_back(exchange, join_lines(exchange), &ip) : NULL;
    request->hop = ip_text(exchange->arena, &ip);
    request->address = unreadable == NULL ? request->hop : NULL;
    if (unreadable != NULL) {
        log_unreadable(unreadable, request->hop);
    }
}
