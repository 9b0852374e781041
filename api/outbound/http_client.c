#include "outbound/http_client.h"
#include "base/buf.h"
#include "base/clock.h"
#include "outbound/http_link.h"
#include "outbound/http_reader.h"
#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { IDLE_LINKS_MAX = 512, IDLE_MS_MAX = 60 * 1000 };

struct http_client {
    struct http_client_options options;
    pthread_mutex_t lock;
    size_t idle_count;
    struct http_link *idle[IDLE_LINKS_MAX]; /* last in, first out: the most recently used first */
};

/* One request being sent. */
struct call {
    struct http_client *client;
    struct arena *arena;
    const struct http_request *request;
    const char *origin;
    const char *target; /* path and query */
    int64_t deadline_ms;
    struct http_response *response;
    const char **reason;
};

enum err http_client_global_init(void) {
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK
               ? ERR_NONE
               : err_internal("libcurl does not start");
}

struct http_client *http_client_new(const struct http_client_options *options) {
    struct http_client *client = calloc(1, sizeof *client);
    if (client == NULL) {
        abort(); /* only at start, or for a new provider: nothing works without it */
    }
    client->options = *options;
    (void)pthread_mutex_init(&client->lock, NULL);
    return client;
}

void http_client_free(struct http_client *client) {
    if (client == NULL) {
        return;
    }
    for (size_t i = 0; i < client->idle_count; i++) {
        http_link_free(client->idle[i]);
    }
    (void)pthread_mutex_destroy(&client->lock);
    free(client);
}

/* Requires: the lock is held. */
static struct http_link *remove_idle(struct http_client *client, size_t at) {
    struct http_link *link = client->idle[at];
    client->idle_count--;
    memmove(&client->idle[at], &client->idle[at + 1],
            (client->idle_count - at) * sizeof(struct http_link *));
    return link;
}

/* Keeps a connection for a later request; closes the oldest where it was kept too long, or where there
 * are too many. */
static void give_link(struct http_client *client, struct http_link *link) {
    const int64_t now_ms = clock_monotonic_ms();
    struct http_link *old = NULL;
    http_link_mark(link, now_ms);
    (void)pthread_mutex_lock(&client->lock);
    if (client->idle_count == IDLE_LINKS_MAX ||
        (client->idle_count > 0 && http_link_marked_ms(client->idle[0]) < now_ms - IDLE_MS_MAX)) {
        old = remove_idle(client, 0);
    }
    client->idle[client->idle_count++] = link;
    (void)pthread_mutex_unlock(&client->lock);
    http_link_free(old);
}

/* A connection of an earlier call to the origin; NULL where there is none. */
static struct http_link *take_link(struct http_client *client, const char *origin) {
    struct http_link *link = NULL;
    (void)pthread_mutex_lock(&client->lock);
    for (size_t i = client->idle_count; link == NULL && i-- > 0;) {
        if (strcmp(http_link_origin(client->idle[i]), origin) == 0) {
            link = remove_idle(client, i);
        }
    }
    (void)pthread_mutex_unlock(&client->lock);
    return link;
}

/* True where URL is an origin and, sent as they are, a path and query. */
static bool split_url(struct call *call, const char *url) {
    const char *authority = strstr(url, "://");
    const char *path = authority == NULL ? NULL : strchr(authority + 3, '/');
    if (path == NULL || strcspn(url, "?#@") < (size_t)(path - url)) {
        return false;
    }
    for (const char *c = path; *c != '\0'; c++) {
        if (*c <= ' ' || *c > '~' || *c == '#') {
            return false;
        }
    }
    call->origin = arena_strndup(call->arena, url, (size_t)(path - url));
    call->target = path;
    return true;
}

/* The URL as libcurl writes it, where it cannot be sent as it is: without path, with spaces, a
 * fragment … */
static enum err normalise_url(struct call *call) {
    CURLU *url = curl_url();
    char *text = NULL;
    CURLUcode code = url == NULL ? CURLUE_OUT_OF_MEMORY
                                 : curl_url_set(url, CURLUPART_URL, call->request->url,
                                                CURLU_URLENCODE | CURLU_DISALLOW_USER);
    if (code == CURLUE_OK) {
        code = curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0);
    }
    if (code == CURLUE_OK) {
        code = curl_url_get(url, CURLUPART_URL, &text, 0);
    }
    const bool good = code == CURLUE_OK && split_url(call, arena_strdup(call->arena, text));
    curl_free(text);
    curl_url_cleanup(url);
    *call->reason = curl_url_strerror(code == CURLUE_OK ? CURLUE_MALFORMED_INPUT : code);
    return good ? ERR_NONE : ERR_INVALID;
}

static bool has_line_break(const char *text) {
    return strpbrk(text, "\r\n") != NULL;
}

/* The bytes of the request; NULL where a header would break it. */
static const struct buf *write_request(const struct call *call, const char *host) {
    const struct http_request *request = call->request;
    struct buf *out = ARENA_NEW(call->arena, struct buf);
    buf_init(out, call->arena, SIZE_MAX / 2);
    const char *const first[] = {request->method, " ", call->target, " HTTP/1.1\r\nHost: ", host};
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++) {
        buf_puts(out, first[i]);
    }
    /* Does not decode compressed answers; the answers here are small. */
    buf_puts(out, "\r\nAccept-Encoding: identity\r\n");
    for (size_t i = 0; i < request->headers_count; i++) {
        const struct http_header *header = &request->headers[i];
        if (has_line_break(header->name) || has_line_break(header->value)) {
            *call->reason = "header with a line break";
            return NULL;
        }
        buf_puts(out, header->name);
        buf_puts(out, ": ");
        buf_puts(out, header->value);
        buf_puts(out, "\r\n");
    }
    if (request->body != NULL) {
        buf_puts(out, "Content-Length: ");
        buf_put_integer(out, (int64_t)request->body_bytes);
        buf_puts(out, "\r\n");
    }
    buf_puts(out, "\r\n");
    buf_append(out, request->body, request->body == NULL ? 0 : request->body_bytes);
    return out;
}

static enum err receive(const struct call *call, struct http_link *link,
                        struct http_reader *reader) {
    enum http_progress progress = HTTP_MORE;
    while (progress == HTTP_MORE) {
        size_t room = 0;
        size_t received = 0;
        char *bytes = http_reader_room(reader, &room);
        TRY(http_link_receive(link, bytes, room, call->deadline_ms, &received, call->reason));
        progress = received > 0 ? http_reader_take(reader, received) : http_reader_end(reader);
    }
    if (progress == HTTP_DONE) {
        *call->reason = NULL;
        return ERR_NONE;
    }
    *call->reason = progress == HTTP_TOO_LARGE ? "answer too large" : "broken answer";
    return ERR_UPSTREAM;
}

/* A body that was encoded although none was accepted could not be read by the caller. */
static enum err refuse_encoding(const struct http_response *response, const char **reason) {
    const char *encoding = http_response_find(response, "Content-Encoding");
    if (encoding == NULL || strcasecmp(encoding, "identity") == 0) {
        return ERR_NONE;
    }
    *reason = "encoded answer that was not asked for";
    return ERR_UPSTREAM;
}

/* Sends the request and reads its answer over a connection, which is then kept or closed.
 * `*is_unanswered`: the server closed the connection without an answer. */
static enum err converse(const struct call *call, struct http_link *link, bool *is_unanswered) {
    const struct buf *request = write_request(call, http_link_host(link));
    struct http_reader reader;
    http_reader_init(&reader, call->arena, strcmp(call->request->method, "HEAD") == 0,
                     call->client->options.body_bytes_max);
    enum err err = ERR_INVALID;
    if (request != NULL) {
        err =
            http_link_send(link, request->bytes, request->length, call->deadline_ms, call->reason);
    }
    if (err == ERR_NONE) {
        err = receive(call, link, &reader);
    }
    *is_unanswered = err == ERR_UPSTREAM && http_reader_is_empty(&reader);
    if (err == ERR_NONE && http_reader_may_keep(&reader)) {
        give_link(call->client, link);
    } else {
        http_link_free(link);
    }
    TRY(err);
    http_reader_fill(&reader, call->response);
    return refuse_encoding(call->response, call->reason);
}

/* A server may close a kept connection at the moment when it is used again: requests that change
 * nothing there are then sent once more (RFC 9110, 9.2.2). */
static bool may_ask_again(const struct http_request *request) {
    return strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
}

enum err http_client_send(struct http_client *client, struct arena *arena,
                          const struct http_request *request, struct http_response *response,
                          const char **reason) {
    const char *unused = NULL;
    struct call call = {.client = client,
                        .arena = arena,
                        .request = request,
                        .deadline_ms = clock_monotonic_ms() + (request->timeout_ms > 0
                                                                   ? request->timeout_ms
                                                                   : client->options.timeout_ms),
                        .response = response,
                        .reason = reason != NULL ? reason : &unused};
    bool is_unanswered = false;
    if (!split_url(&call, request->url)) {
        TRY(normalise_url(&call));
    }
    for (struct http_link *kept; (kept = take_link(client, call.origin)) != NULL;) {
        if (!http_link_is_quiet(kept)) {
            http_link_free(kept);
            continue;
        }
        const enum err err = converse(&call, kept, &is_unanswered);
        if (!is_unanswered || !may_ask_again(request)) {
            return err;
        }
    }
    struct http_link *link = NULL;
    TRY(http_link_open(&client->options, call.origin, call.deadline_ms, &link, call.reason));
    return converse(&call, link, &is_unanswered);
}

const char *http_response_find(const struct http_response *response, const char *name) {
    for (size_t i = 0; i < response->headers_count; i++) {
        if (strcasecmp(response->headers[i].name, name) == 0) {
            return response->headers[i].value;
        }
    }
    return NULL;
}

bool http_date_parse(const char *text, int64_t *at_s) {
    const time_t at = curl_getdate(text, NULL);
    *at_s = (int64_t)at;
    return at >= 0;
}
