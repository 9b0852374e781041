#include "outbound/http_client.h"
#include "base/buf.h"
#include "outbound/address_guard.h"
#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    IDLE_HANDLES_MAX = 512,
    HEADERS_MAX = 100,
    HEADER_BYTES_MAX = 64 * 1024,
    BUFFER_BYTES = 8 * 1024, /* each handle keeps one */
    POLL_MS = 1000,          /* libcurl wakes earlier for its own deadlines */
};

/* One call at a time, over a connection that it keeps. */
struct handle {
    CURL *easy;
    CURLM *multi; /* its connection */
    CURLU *url;   /* of the last call, without its path where `origin` is known */
    char *origin; /* "https://host:port" of the last call; NULL: ask `url` anew */
};

struct http_client {
    struct http_client_options options;
    char *ca_file;
    pthread_mutex_t lock;
    size_t idle_count;
    struct handle *idle[IDLE_HANDLES_MAX]; /* last in, first out: the warmest connection first */
};

/* What one call collects. */
struct exchange {
    struct arena *arena;
    struct buf body; /* on the heap, copied once at the end */
    struct http_header headers[HEADERS_MAX];
    size_t headers_count;
    size_t header_bytes;
    bool too_large;
    bool inner_address;
};

enum err http_client_global_init(void) {
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? ERR_NONE : ERR_INTERNAL;
}

struct http_client *http_client_new(const struct http_client_options *options) {
    struct http_client *client = calloc(1, sizeof *client);
    if (client == NULL) {
        abort(); /* only at start, or for a new provider: nothing works without it */
    }
    client->options = *options;
    client->ca_file =
        options->ca_file == NULL || *options->ca_file == '\0' ? NULL : strdup(options->ca_file);
    (void)pthread_mutex_init(&client->lock, NULL);
    return client;
}

static void handle_free(struct handle *handle) {
    curl_easy_cleanup(handle->easy);
    curl_multi_cleanup(handle->multi);
    curl_url_cleanup(handle->url);
    free(handle->origin);
    free(handle);
}

void http_client_free(struct http_client *client) {
    if (client == NULL) {
        return;
    }
    for (size_t i = 0; i < client->idle_count; i++) {
        handle_free(client->idle[i]);
    }
    (void)pthread_mutex_destroy(&client->lock);
    free(client->ca_file);
    free(client);
}

static void give_handle(struct http_client *client, struct handle *handle) {
    /* What belongs to the call is on its thread's stack, or in its arena. */
    curl_easy_setopt(handle->easy, CURLOPT_HTTPHEADER, NULL);
    curl_easy_setopt(handle->easy, CURLOPT_POSTFIELDS, NULL);
    (void)pthread_mutex_lock(&client->lock);
    const bool kept = client->idle_count < IDLE_HANDLES_MAX;
    if (kept) {
        client->idle[client->idle_count++] = handle;
    }
    (void)pthread_mutex_unlock(&client->lock);
    if (!kept) {
        handle_free(handle);
    }
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context) {
    struct exchange *exchange = context;
    buf_append(&exchange->body, bytes, size * count);
    exchange->too_large = exchange->too_large || exchange->body.overflowed;
    return exchange->body.overflowed ? 0 : size * count;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context) {
    struct exchange *exchange = context;
    const size_t length = size * count;
    if (length >= 5 && strncmp(bytes, "HTTP/", 5) == 0) { /* a new answer, after 100 for example */
        exchange->headers_count = 0;
        return length;
    }
    const char *colon = memchr(bytes, ':', length);
    if (colon == NULL) {
        return length;
    }
    exchange->header_bytes += length;
    if (exchange->headers_count == HEADERS_MAX || exchange->header_bytes > HEADER_BYTES_MAX) {
        exchange->too_large = true;
        return 0;
    }
    const char *value = colon + 1;
    const char *end = bytes + length;
    while (value < end && (*value == ' ' || *value == '\t')) {
        value++;
    }
    while (end > value && (end[-1] == '\r' || end[-1] == '\n' || end[-1] == ' ')) {
        end--;
    }
    exchange->headers[exchange->headers_count++] = (struct http_header){
        .name = arena_strndup(exchange->arena, bytes, (size_t)(colon - bytes)),
        .value = arena_strndup(exchange->arena, value, (size_t)(end - value)),
    };
    return length;
}

/* After the name was resolved and before anything is sent. */
static curl_socket_t on_open_socket(void *context, curlsocktype purpose,
                                    struct curl_sockaddr *address) {
    (void)purpose;
    struct exchange *exchange = context;
    if (!address_is_public(&address->addr)) {
        exchange->inner_address = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static bool has_line_break(const char *text) {
    return strpbrk(text, "\r\n") != NULL;
}

/* The lines of the request, in the arena: libcurl reads the list and takes nothing of it over. NULL
 * where a header would break the request. */
static struct curl_slist *make_headers(struct arena *arena, const struct http_request *request) {
    static char *const always[] = {
        "Expect:", /* 100-continue costs a round trip that none of our servers needs */
        /* libcurl takes a cut gzip body for a whole one, and answers here are small. */
        "Accept-Encoding: identity",
    };
    enum { ALWAYS_COUNT = sizeof always / sizeof always[0] };
    const size_t count = request->headers_count + ALWAYS_COUNT;
    struct curl_slist *list = ARENA_ARRAY(arena, struct curl_slist, count);
    for (size_t i = 0; i < count; i++) {
        list[i].next = i + 1 < count ? &list[i + 1] : NULL;
        if (i < ALWAYS_COUNT) {
            list[i].data = always[i];
            continue;
        }
        const struct http_header *header = &request->headers[i - ALWAYS_COUNT];
        if (has_line_break(header->name) || has_line_break(header->value)) {
            return NULL;
        }
        /* "Name;" is how libcurl writes a header with an empty value. */
        list[i].data = *header->value == '\0'
                           ? arena_printf(arena, "%s;", header->name)
                           : arena_printf(arena, "%s: %s", header->name, header->value);
    }
    return list;
}

/* What is the same for every call of a client, set once for each of its handles. */
static void set_limits(CURL *handle, const struct http_client *client) {
    const struct http_client_options *options = &client->options;
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, (long)options->connect_timeout_ms);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)options->timeout_ms);
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)options->body_bytes_max);
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    curl_easy_setopt(handle, CURLOPT_NOPROXY, "*"); /* the environment is not asked either */
    curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(handle, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(handle, CURLOPT_BUFFERSIZE, (long)BUFFER_BYTES);
    if (client->ca_file != NULL) {
        curl_easy_setopt(handle, CURLOPT_CAINFO, client->ca_file);
    }
    if (options->public_only) {
        curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    }
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
}

static struct handle *handle_new(const struct http_client *client) {
    struct handle *handle = calloc(1, sizeof *handle);
    if (handle == NULL) {
        return NULL;
    }
    handle->easy = curl_easy_init();
    handle->multi = curl_multi_init();
    handle->url = curl_url();
    if (handle->easy == NULL || handle->multi == NULL || handle->url == NULL) {
        handle_free(handle);
        return NULL;
    }
    set_limits(handle->easy, client);
    curl_easy_setopt(handle->easy, CURLOPT_CURLU, handle->url);
    return handle;
}

/* A handle of an earlier call, with its connection, or a new one; NULL without memory. */
static struct handle *take_handle(struct http_client *client) {
    struct handle *handle = NULL;
    (void)pthread_mutex_lock(&client->lock);
    if (client->idle_count > 0) {
        handle = client->idle[--client->idle_count];
    }
    (void)pthread_mutex_unlock(&client->lock);
    return handle != NULL ? handle : handle_new(client);
}

/* How much of a URL is scheme, host and port; 0 where what follows them is not a path and query of
 * visible ASCII characters, which can be sent as they are. */
static size_t origin_bytes(const char *url) {
    const char *authority = strstr(url, "://");
    const char *path = authority == NULL ? NULL : strchr(authority + 3, '/');
    if (path == NULL || strcspn(url, "?#") < (size_t)(path - url)) {
        return 0;
    }
    for (const char *c = path; *c != '\0'; c++) {
        if (*c <= ' ' || *c > '~' || *c == '#') {
            return 0;
        }
    }
    return (size_t)(path - url);
}

/* libcurl reads a URL one character at a time, in a fifth of a call's time: the origin is read once,
 * and only path and query change from call to call. */
static CURLUcode set_url(struct handle *handle, const char *url) {
    const size_t length = origin_bytes(url);
    CURLUcode code = CURLUE_OK;
    if (length == 0 || handle->origin == NULL || strlen(handle->origin) != length ||
        strncmp(handle->origin, url, length) != 0) {
        free(handle->origin);
        handle->origin = length == 0 ? NULL : strndup(url, length);
        code = curl_url_set(handle->url, CURLUPART_URL,
                            handle->origin != NULL ? handle->origin : url, 0);
    }
    if (code != CURLUE_OK) {
        free(handle->origin);
        handle->origin = NULL;
    }
    curl_easy_setopt(handle->easy, CURLOPT_REQUEST_TARGET,
                     handle->origin != NULL ? url + length : NULL);
    return code;
}

static void set_request(CURL *handle, const struct http_request *request,
                        struct curl_slist *headers, struct exchange *exchange) {
    const bool is_get = strcmp(request->method, "GET") == 0;
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, exchange);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, exchange);
    curl_easy_setopt(handle, CURLOPT_HTTPGET, 1L); /* whatever the call before was */
    if (request->body != NULL) {
        curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_bytes);
        curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request->body);
    } else if (strcmp(request->method, "HEAD") == 0) {
        curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    }
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, is_get ? NULL : request->method);
}

static enum err judge(CURLcode code, const struct exchange *exchange, const char **reason) {
    *reason = curl_easy_strerror(code);
    if (exchange->too_large || code == CURLE_FILESIZE_EXCEEDED) {
        *reason = "answer too large";
        return ERR_UPSTREAM;
    }
    switch ((int)code) {
    case CURLE_OK:
        return ERR_NONE;
    case CURLE_OPERATION_TIMEDOUT:
        return ERR_TIMEOUT;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return ERR_INVALID;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
        if (exchange->inner_address) {
            *reason = "address of an inner network";
            return ERR_FORBIDDEN;
        }
        return ERR_UNAVAILABLE;
    case CURLE_OUT_OF_MEMORY:
        return ERR_INTERNAL;
    default:
        return ERR_UPSTREAM;
    }
}

static void fill_response(CURL *handle, struct exchange *exchange, struct http_response *response) {
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    struct http_header *headers =
        ARENA_ARRAY(exchange->arena, struct http_header, exchange->headers_count + 1);
    memcpy(headers, exchange->headers, exchange->headers_count * sizeof *headers);
    *response = (struct http_response){
        .status = (int)status,
        .headers = headers,
        .headers_count = exchange->headers_count,
        .body = arena_strndup(exchange->arena, buf_text(&exchange->body), exchange->body.length),
        .body_bytes = exchange->body.length,
    };
}

/* A body that was encoded although we asked for none could not be read by anybody. */
static enum err refuse_encoding(const struct http_response *response, const char **reason) {
    const char *encoding = http_response_find(response, "Content-Encoding");
    if (encoding == NULL || strcasecmp(encoding, "identity") == 0) {
        return ERR_NONE;
    }
    *reason = "encoded answer that was not asked for";
    return ERR_UPSTREAM;
}

/* curl_easy_perform waits once before it begins, which is a system call for nothing. */
static CURLcode perform(const struct handle *handle) {
    int running = 1;
    int left = 0;
    if (curl_multi_add_handle(handle->multi, handle->easy) != CURLM_OK) {
        return CURLE_OUT_OF_MEMORY;
    }
    CURLMcode code = curl_multi_perform(handle->multi, &running);
    while (code == CURLM_OK && running > 0) {
        code = curl_multi_poll(handle->multi, NULL, 0, POLL_MS, NULL);
        code = code == CURLM_OK ? curl_multi_perform(handle->multi, &running) : code;
    }
    const CURLMsg *message = curl_multi_info_read(handle->multi, &left);
    const CURLcode result =
        code == CURLM_OK && message != NULL ? message->data.result : CURLE_OUT_OF_MEMORY;
    (void)curl_multi_remove_handle(handle->multi, handle->easy);
    return result;
}

enum err http_client_send(struct http_client *client, struct arena *arena,
                          const struct http_request *request, struct http_response *response,
                          const char **reason) {
    const char *unused = NULL;
    const char **why = reason != NULL ? reason : &unused;
    struct exchange exchange = {.arena = arena};
    struct curl_slist *headers = make_headers(arena, request);
    if (headers == NULL) {
        *why = "header with a line break";
        return ERR_INVALID;
    }
    struct handle *handle = take_handle(client);
    if (handle == NULL) {
        *why = "no memory";
        return ERR_INTERNAL;
    }
    buf_init(&exchange.body, NULL, client->options.body_bytes_max);
    const CURLUcode url = set_url(handle, request->url);
    enum err e = ERR_INVALID;
    if (url != CURLUE_OK) {
        *why = curl_url_strerror(url);
    } else {
        set_request(handle->easy, request, headers, &exchange);
        e = judge(perform(handle), &exchange, why);
    }
    if (e == ERR_NONE) {
        fill_response(handle->easy, &exchange, response);
        e = refuse_encoding(response, why);
    }
    give_handle(client, handle);
    buf_clear(&exchange.body);
    return e;
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
