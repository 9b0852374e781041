#include "outbound/webhook_caller.h"
#include "base/text.h"
#include "outbound/address_guard.h"
#include "outbound/host_list.h"
#include "outbound/http_client.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONNECT_TIMEOUT_MS = 5000,
    TIMEOUT_MS = 10000,
    ANSWER_BYTES_MAX = 64 * 1024,
    HOST_BYTES = 256,
};

struct webhook_caller {
    struct arena arena;
    struct host_list allowed; /* of inner networks */
    struct http_client *public;
    struct http_client *loopback; /* NULL unless the setting allows it */
};

static struct http_client *new_client(const struct webhook_caller *caller,
                                      const struct config *config, bool public_only) {
    return http_client_new(&(struct http_client_options){
        .connect_timeout_ms = CONNECT_TIMEOUT_MS,
        .timeout_ms = TIMEOUT_MS,
        .body_bytes_max = ANSWER_BYTES_MAX,
        .config = config,
        .public_only = public_only,
        .inner_allowed = &caller->allowed,
    });
}

static bool meets_any(const struct ip_block *block, const char *const *texts, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct ip_block other;
        if (ip_block_parse(texts[i], &other) && ip_blocks_meet(block, &other)) {
            return true;
        }
    }
    return false;
}

/* Blocks that no webhook has a reason to call: half of the Internet, the machine itself, and 169.254.169.254, where
 * clouds hand out their keys. NULL, or why the list is refused. */
static const char *refuse_blocks(struct arena *arena, const struct config *config,
                                 const struct host_list *list) {
    static const char *const LINK_LOCAL[] = {"169.254.0.0/16", "fe80::/10"};
    static const char *const LOOPBACK[] = {"127.0.0.0/8", "::1"};
    for (size_t i = 0; i < list->blocks_count; i++) {
        const struct ip_block *block = &list->blocks[i];
        const char *text = ip_text(arena, &block->network);
        if (ip_block_is_too_wide(block)) {
            return arena_printf(arena, "%s/… is wider than an inner network", text);
        }
        if (meets_any(block, LINK_LOCAL, sizeof LINK_LOCAL / sizeof *LINK_LOCAL)) {
            return arena_printf(arena, "%s is link-local, where clouds hand out keys", text);
        }
        if (meets_any(block, LOOPBACK, sizeof LOOPBACK / sizeof *LOOPBACK) &&
            !config_is_local(config)) {
            return arena_printf(arena, "%s is this machine", text);
        }
    }
    return NULL;
}

enum err webhook_caller_new(const struct config *config, struct field_errors *errors,
                            struct webhook_caller **out) {
    struct webhook_caller *caller = calloc(1, sizeof *caller);
    if (caller == NULL) {
        return err_internal("no memory");
    }
    *out = caller;
    arena_init(&caller->arena);
    if (host_list_parse(&caller->arena, config->webhook_allow, &caller->allowed) != ERR_NONE) {
        field_errors_add(errors, "GUICHET_WEBHOOK_ALLOW", "invalid_format",
                         "GUICHET_WEBHOOK_ALLOW: names, .domains, addresses or CIDRs are expected, "
                         "separated by commas");
        return ERR_INVALID;
    }
    const char *wrong = refuse_blocks(errors->arena, config, &caller->allowed);
    if (wrong != NULL) {
        field_errors_add(errors, "GUICHET_WEBHOOK_ALLOW", "not_allowed",
                         "GUICHET_WEBHOOK_ALLOW: %s", wrong);
        return ERR_INVALID;
    }
    caller->public = new_client(caller, config, true);
    caller->loopback = config->webhook_loopback ? new_client(caller, config, false) : NULL;
    return ERR_NONE;
}

void webhook_caller_free(struct webhook_caller *caller) {
    if (caller != NULL) {
        http_client_free(caller->public);
        http_client_free(caller->loopback);
        arena_clear(&caller->arena);
        free(caller);
    }
}

/* Splits the part between scheme and path; false where it has characters that no address needs. */
static bool read_host(const char *authority, char host[HOST_BYTES]) {
    const size_t length = strcspn(authority, "/?#");
    const bool bracketed = *authority == '[';
    const char *start = bracketed ? authority + 1 : authority;
    const size_t host_length = strcspn(start, bracketed ? "]" : ":/?#");
    const char *rest = start + host_length + (bracketed ? 1 : 0);
    if (memchr(authority, '@', length) != NULL || host_length == 0 || host_length >= HOST_BYTES ||
        rest > authority + length) {
        return false;
    }
    if (*rest == ':') {
        const size_t digits = (size_t)(authority + length - rest) - 1;
        if (digits == 0 || digits > 5 || strspn(rest + 1, "0123456789") != digits) {
            return false;
        }
    } else if (rest != authority + length) {
        return false;
    }
    for (size_t i = 0; i < host_length; i++) {
        host[i] = (char)tolower((unsigned char)start[i]);
    }
    host[host_length] = '\0';
    return true;
}

static bool is_loopback(const char *host) {
    return strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 ||
           strcmp(host, "::1") == 0;
}

/* What can be checked without resolving the name; the rest is checked at each call. */
static bool is_inner(const char *host) {
    static const char *const ENDS[] = {".localhost", ".local", ".internal", ".home.arpa", ".lan"};
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, host, &v4.sin_addr) == 1) {
        return !address_is_public((const struct sockaddr *)&v4);
    }
    if (inet_pton(AF_INET6, host, &v6.sin6_addr) == 1) {
        return !address_is_public((const struct sockaddr *)&v6);
    }
    for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++) {
        if (text_ends_with(host, ENDS[i])) {
            return true;
        }
    }
    const char *last = strrchr(host, '.');
    return last == NULL || strspn(last + 1, "0123456789") == strlen(last + 1);
}

static bool has_only_visible_ascii(const char *text) {
    for (const char *c = text; *c != '\0'; c++) {
        if (*c <= ' ' || *c > '~' || *c == '\\') {
            return false;
        }
    }
    return true;
}

/* The client that may call it. */
static enum err choose(const struct webhook_caller *caller, const char *url,
                       struct http_client **client) {
    char host[HOST_BYTES];
    const bool secure = text_starts_with(url, "https://");
    const bool plain = text_starts_with(url, "http://");
    if ((!secure && !plain) || !has_only_visible_ascii(url) ||
        !read_host(url + (secure ? strlen("https://") : strlen("http://")), host)) {
        return ERR_INVALID;
    }
    if (is_loopback(host) && caller->loopback != NULL) {
        *client = caller->loopback;
        return ERR_NONE;
    }
    if (is_inner(host) && !host_list_has(&caller->allowed, host)) {
        return ERR_FORBIDDEN;
    }
    *client = caller->public;
    return secure ? ERR_NONE : ERR_INVALID;
}

enum err webhook_caller_check_url(void *caller, const char *url) {
    struct http_client *client = NULL;
    return choose(caller, url, &client);
}

enum err webhook_caller_post(void *caller, struct arena *arena, const struct webhook_call *call,
                             struct webhook_answer *answer) {
    struct http_client *client = NULL;
    TRY(choose(caller, call->url, &client));
    const struct http_header headers[] = {
        {"Content-Type", "application/json"},
        {"User-Agent", "Guichet/" GUICHET_VERSION},
        {"X-Guichet-Signature", call->signature},
        {"X-Guichet-Event-ID", call->event_id},
    };
    const struct http_request request = {.method = "POST",
                                         .url = call->url,
                                         .headers = headers,
                                         .headers_count = sizeof headers / sizeof headers[0],
                                         .body = call->body,
                                         .body_bytes = strlen(call->body)};
    struct http_response response;
    TRY(http_client_send(client, arena, &request, &response, NULL));
    *answer = (struct webhook_answer){
        .status = response.status, .body = response.body, .body_bytes = response.body_bytes};
    return ERR_NONE;
}
