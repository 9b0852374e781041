#include "outbound/http_link.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/text.h"
#include "outbound/address_guard.h"
#include "outbound/egress.h"
#include "outbound/host_list.h"
#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    BUFFER_BYTES_MIN = 1024, /* the minimum: libcurl reads no answer here */
    WAIT_SLACK_MS = 20,      /* a wait may end this long after its deadline */
};

struct http_link {
    CURL *easy; /* with TLS; NULL once a plain connection is made, which saves its 16 kB */
    char *origin;
    char *host;
    curl_socket_t socket;
    int64_t waits_ms; /* how long recv waits on a plain connection */
    bool is_drained;  /* libcurl buffers nothing: the socket alone tells whether there is more */
    int64_t marked_ms;
};

void http_link_free(struct http_link *link) {
    if (link != NULL) {
        if (link->easy == NULL && link->socket != CURL_SOCKET_BAD) {
            (void)close(link->socket);
        }
        curl_easy_cleanup(link->easy); /* closes its own */
        free(link->origin);
        free(link->host);
        free(link);
    }
}

/* Judges each address that a name stands for. */
struct guard {
    const struct host_list *allowed; /* NULL: none */
    bool is_host_allowed;
    bool is_look_up;                    /* connects to none, keeps the first good one */
    bool is_inner;                      /* one was refused */
    char address[INET6_ADDRSTRLEN + 2]; /* of a look-up, as a URL has it; "" without */
};

static bool is_permitted(const struct guard *guard, const struct sockaddr *address) {
    return address_is_public(address) || guard->is_host_allowed ||
           (guard->allowed != NULL && host_list_has_address(guard->allowed, address));
}

static void keep_address(struct guard *guard, const struct sockaddr *address) {
    char text[INET6_ADDRSTRLEN] = "";
    if (address->sa_family == AF_INET) {
        (void)inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr,
                        guard->address, sizeof guard->address);
    } else {
        (void)inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr,
                        text, sizeof text);
        (void)snprintf(guard->address, sizeof guard->address, "[%s]", text);
    }
}

/* After the name was resolved and before anything is sent. */
static curl_socket_t on_open_socket(void *context, curlsocktype purpose,
                                    struct curl_sockaddr *address) {
    (void)purpose;
    struct guard *guard = context;
    if (!is_permitted(guard, &address->addr)) {
        guard->is_inner = true;
        return CURL_SOCKET_BAD;
    }
    if (guard->is_look_up) {
        if (*guard->address == '\0') {
            keep_address(guard, &address->addr);
        }
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static void set_certificates(CURL *easy, const struct http_client_options *options) {
    const char *general = options->config == NULL ? "" : options->config->ca_file;
    const char *own = options->ca_file == NULL ? "" : options->ca_file;
    if (*own != '\0' || *general != '\0') {
        curl_easy_setopt(easy, CURLOPT_CAINFO, *own != '\0' ? own : general);
    }
    if (options->certificate_file != NULL) {
        curl_easy_setopt(easy, CURLOPT_SSLCERT, options->certificate_file);
        curl_easy_setopt(easy, CURLOPT_SSLKEY, options->key_file);
        curl_easy_setopt(easy, CURLOPT_KEYPASSWD, options->key_password);
    }
}

static void set_up(CURL *easy, const struct http_client_options *options, const char *origin,
                   int64_t left_ms) {
    curl_easy_setopt(easy, CURLOPT_URL, origin);
    curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)options->connect_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)left_ms);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*"); /* the environment is not asked either */
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)BUFFER_BYTES_MIN);
    set_certificates(easy, options);
}

static void set_guard(CURL *easy, struct guard *guard) {
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, guard);
}

static void set_proxy(CURL *easy, const char *proxy) {
    curl_easy_setopt(easy, CURLOPT_PROXY, proxy);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    curl_easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXYAUTH, (long)CURLAUTH_BASIC);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "Guichet/" GUICHET_VERSION);
}

static enum err judge(CURLcode code, bool is_inner, const char **reason) {
    *reason = curl_easy_strerror(code);
    switch ((int)code) {
    case CURLE_OK:
        return ERR_NONE;
    case CURLE_OPERATION_TIMEDOUT:
        return ERR_TIMEOUT;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return ERR_INVALID;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
        if (is_inner) {
            *reason = "address of an inner network";
            return ERR_FORBIDDEN;
        }
        return ERR_UNAVAILABLE;
    case CURLE_OUT_OF_MEMORY:
        return err_internal("libcurl has no memory");
    default:
        return ERR_UPSTREAM;
    }
}

/* "host" or "host:port", the name as the network writes it; NULL where the origin is none. */
static char *make_host(const char *origin) {
    CURLU *url = curl_url();
    char *host = NULL;
    char *port = NULL;
    char *joined = NULL;
    if (url != NULL && curl_url_set(url, CURLUPART_URL, origin, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_HOST, &host, CURLU_PUNYCODE) == CURLUE_OK) {
        (void)curl_url_get(url, CURLUPART_PORT, &port, CURLU_NO_DEFAULT_PORT);
        struct buf text;
        buf_init(&text, NULL, SIZE_MAX / 2);
        buf_puts(&text, host);
        if (port != NULL) {
            buf_putc(&text, ':');
            buf_puts(&text, port);
        }
        joined = text.bytes;
    }
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(url);
    return joined;
}

/* The host of the origin as libcurl reads it, without brackets; in the arena. */
static const char *read_host(struct arena *arena, const char *origin) {
    CURLU *url = curl_url();
    char *host = NULL;
    const char *out = "";
    if (url != NULL && curl_url_set(url, CURLUPART_URL, origin, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_HOST, &host, CURLU_PUNYCODE) == CURLUE_OK) {
        const bool is_bracketed = *host == '[';
        out = arena_strndup(arena, host + (is_bracketed ? 1 : 0),
                            strlen(host) - (is_bracketed ? 2 : 0));
    }
    curl_free(host);
    curl_url_cleanup(url);
    return out;
}

/* Which address a name stands for, found as a connection would find it: the proxy must not be asked for a
 * name, which it could resolve to an address of the inner network. */
static enum err look_up(const struct http_client_options *options, const char *origin,
                        int64_t left_ms, struct guard *guard, const char **reason) {
    CURL *easy = curl_easy_init();
    if (easy == NULL) {
        return err_internal("no memory");
    }
    guard->is_look_up = true;
    set_up(easy, options, origin, left_ms);
    set_guard(easy, guard);
    const CURLcode code = curl_easy_perform(easy);
    curl_easy_cleanup(easy);
    if (*guard->address != '\0') {
        return ERR_NONE;
    }
    return judge(code == CURLE_OK ? CURLE_COULDNT_CONNECT : code, guard->is_inner, reason);
}

/* What the proxy answered, where it is why there is no connection. */
static enum err judge_proxy(CURL *easy, enum err err, const char **reason) {
    long status = 0;
    (void)curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &status);
    if (err == ERR_NONE || status == 0 || status / 100 == 2) {
        return err;
    }
    *reason = status == 407 ? "the proxy asks for other credentials"
                            : "the proxy refuses the connection, or finds nobody there";
    return ERR_UNAVAILABLE;
}

static enum err connect_directly(struct http_link *link, const struct http_client_options *options,
                                 struct guard *guard, const char **reason) {
    if (options->public_only) {
        set_guard(link->easy, guard);
    }
    const CURLcode code = curl_easy_perform(link->easy);
    return judge(code, guard->is_inner, reason);
}

/* TLS and its certificate stay those of the origin's name, whatever address the proxy is told. */
static enum err connect_by_proxy(struct http_link *link, const struct http_client_options *options,
                                 const char *proxy, int64_t left_ms, struct guard *guard,
                                 const char **reason) {
    struct curl_slist *target = NULL;
    set_proxy(link->easy, proxy);
    if (options->public_only) {
        char entry[sizeof guard->address + sizeof ":::"];
        TRY(look_up(options, link->origin, left_ms, guard, reason));
        (void)snprintf(entry, sizeof entry, "::%s:", guard->address);
        target = curl_slist_append(NULL, entry);
        if (target == NULL) {
            *reason = "no memory";
            return err_internal("no memory");
        }
        curl_easy_setopt(link->easy, CURLOPT_CONNECT_TO, target);
    }
    const enum err err = judge(curl_easy_perform(link->easy), false, reason);
    curl_easy_setopt(link->easy, CURLOPT_CONNECT_TO, NULL);
    curl_slist_free_all(target);
    return judge_proxy(link->easy, err, reason);
}

static enum err connect_link(struct http_link *link, const struct http_client_options *options,
                             int64_t deadline_ms, const char **reason) {
    const int64_t left_ms = deadline_ms - clock_monotonic_ms();
    if (left_ms <= 0) {
        *reason = curl_easy_strerror(CURLE_OPERATION_TIMEDOUT);
        return ERR_TIMEOUT;
    }
    ARENA_AUTO(arena);
    const char *host = read_host(&arena, link->origin);
    const char *proxy = egress_proxy_for(options->config, host);
    struct guard guard = {.allowed = options->inner_allowed};
    guard.is_host_allowed = guard.allowed != NULL && host_list_has(guard.allowed, host);
    set_up(link->easy, options, link->origin, left_ms);
    TRY(proxy == NULL ? connect_directly(link, options, &guard, reason)
                      : connect_by_proxy(link, options, proxy, left_ms, &guard, reason));
    const CURLcode code = curl_easy_getinfo(link->easy, CURLINFO_ACTIVESOCKET, &link->socket);
    if (code == CURLE_OK && text_starts_with(link->origin, "http://")) {
        link->socket = fcntl(link->socket, F_DUPFD_CLOEXEC, 0);
        curl_easy_cleanup(link->easy);
        link->easy = NULL;
        (void)fcntl(link->socket, F_SETFL, 0); /* recv waits; all else says MSG_DONTWAIT */
    }
    return judge(link->socket == CURL_SOCKET_BAD ? CURLE_COULDNT_CONNECT : code, false, reason);
}

enum err http_link_open(const struct http_client_options *options, const char *origin,
                        int64_t deadline_ms, struct http_link **out, const char **reason) {
    struct http_link *link = calloc(1, sizeof *link);
    if (link == NULL) {
        *reason = "no memory";
        return err_internal("no memory");
    }
    link->socket = CURL_SOCKET_BAD;
    link->easy = curl_easy_init();
    link->origin = strdup(origin);
    link->host = make_host(origin);
    enum err err = err_internal("no memory");
    if (link->easy == NULL || link->origin == NULL) {
        *reason = "no memory";
    } else if (link->host == NULL) {
        *reason = curl_easy_strerror(CURLE_URL_MALFORMAT);
        err = ERR_INVALID;
    } else {
        err = connect_link(link, options, deadline_ms, reason);
    }
    if (err != ERR_NONE) {
        http_link_free(link);
        return err;
    }
    *out = link;
    return ERR_NONE;
}

const char *http_link_origin(const struct http_link *link) {
    return link->origin;
}

const char *http_link_host(const struct http_link *link) {
    return link->host;
}

static CURLcode receive_some(struct http_link *link, char *bytes, size_t room, size_t *received) {
    if (link->easy != NULL) {
        return curl_easy_recv(link->easy, bytes, room, received);
    }
    const ssize_t got = recv(link->socket, bytes, room, MSG_DONTWAIT);
    *received = got > 0 ? (size_t)got : 0;
    return got >= 0 ? CURLE_OK : errno == EAGAIN ? CURLE_AGAIN : CURLE_RECV_ERROR;
}

static CURLcode send_some(struct http_link *link, const char *bytes, size_t length, size_t *sent) {
    if (link->easy != NULL) {
        return curl_easy_send(link->easy, bytes, length, sent);
    }
    const ssize_t went = send(link->socket, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
    *sent = went > 0 ? (size_t)went : 0;
    return went >= 0 ? CURLE_OK : errno == EAGAIN ? CURLE_AGAIN : CURLE_SEND_ERROR;
}

bool http_link_is_quiet(struct http_link *link) {
    char byte;
    size_t received = 0;
    link->is_drained = receive_some(link, &byte, 1, &received) == CURLE_AGAIN;
    return link->is_drained;
}

/* Waits until the socket can be read (or written); false at the deadline. */
static bool wait_for(const struct http_link *link, short events, int64_t deadline_ms) {
    struct pollfd one = {.fd = link->socket, .events = events};
    int ready = 0;
    do {
        const int64_t left_ms = deadline_ms - clock_monotonic_ms();
        if (left_ms <= 0) {
            return false;
        }
        ready = poll(&one, 1, left_ms < INT32_MAX ? (int)left_ms : INT32_MAX);
    } while (ready == 0 || (ready < 0 && errno == EINTR));
    return ready > 0;
}

static enum err too_late(const char **reason) {
    *reason = curl_easy_strerror(CURLE_OPERATION_TIMEDOUT);
    return ERR_TIMEOUT;
}

enum err http_link_send(struct http_link *link, const char *bytes, size_t length,
                        int64_t deadline_ms, const char **reason) {
    for (size_t sent = 0; sent < length;) {
        size_t step = 0;
        const CURLcode code = send_some(link, bytes + sent, length - sent, &step);
        if (code != CURLE_AGAIN) {
            TRY(judge(code, false, reason));
            sent += step;
        } else if (!wait_for(link, POLLOUT, deadline_ms)) {
            return too_late(reason);
        }
    }
    return ERR_NONE;
}

static bool set_wait(struct http_link *link, int64_t left_ms) {
    const struct timeval wait = {.tv_sec = left_ms / 1000, .tv_usec = left_ms % 1000 * 1000};
    if (left_ms >= link->waits_ms - WAIT_SLACK_MS && left_ms <= link->waits_ms + WAIT_SLACK_MS) {
        return true; /* most calls wait as long as the one before them */
    }
    link->waits_ms = left_ms;
    return setsockopt(link->socket, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == 0;
}

/* recv itself waits: poll before it would be one more system call for each answer. */
static enum err receive_plain(struct http_link *link, char *bytes, size_t room, int64_t deadline_ms,
                              size_t *received, const char **reason) {
    ssize_t got = -1;
    do {
        const int64_t left_ms = deadline_ms - clock_monotonic_ms();
        if (left_ms <= 0) {
            return too_late(reason);
        }
        errno = 0;
        got = set_wait(link, left_ms) ? recv(link->socket, bytes, room, 0) : -1;
    } while (got < 0 && (errno == EAGAIN || errno == EINTR));
    *received = got > 0 ? (size_t)got : 0;
    return judge(got >= 0 ? CURLE_OK : CURLE_RECV_ERROR, false, reason);
}

enum err http_link_receive(struct http_link *link, char *bytes, size_t room, int64_t deadline_ms,
                           size_t *received, const char **reason) {
    if (link->easy == NULL) {
        return receive_plain(link, bytes, room, deadline_ms, received, reason);
    }
    while (true) {
        if (link->is_drained && !wait_for(link, POLLIN, deadline_ms)) {
            return too_late(reason);
        }
        const CURLcode code = receive_some(link, bytes, room, received);
        link->is_drained = code == CURLE_AGAIN;
        if (!link->is_drained) {
            return judge(code, false, reason);
        }
    }
}

void http_link_mark(struct http_link *link, int64_t now_ms) {
    link->marked_ms = now_ms;
}

int64_t http_link_marked_ms(const struct http_link *link) {
    return link->marked_ms;
}
