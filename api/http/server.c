#include "http/server.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "http/bind_address.h"
#include "http/body.h"
#include "http/connection_deadlines.h"
#include "http/dispatch.h"
#include "http/http_state.h"
#include "http/library.h"
#include "http/problem.h"
#include "http/route.h"
#include "http/sending.h"
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <ulfius.h>
#include <unistd.h>

enum {
    CONNECTIONS_MAX = 4096,
    CONNECTIONS_OF_ONE_MAX =
        3072, /* of one address, which may be a front proxy; others still get in */
    STACK_BYTES = 512 * 1024,
    BACKLOG = 1024,
    INACTIVITY_S = 30,
    CONNECTION_MEMORY_BYTES = 48 * 1024, /* so that we see a header block of a little over 32 kB */
    STREAM_BLOCK_BYTES = 16 * 1024,
    STOP_MOST_MS = 20 * 1000,
    STOP_LOOK_MS = 20,
    QUIET_LOOKS = 25,
};

struct server {
    struct http_state *http;
    struct _u_instance instance;
    MHD_AccessHandlerCallback ulfius; /* behind take_request */
    struct connection_deadlines *connection_deadlines;
    struct sockaddr_storage address;
    uint16_t port;
    atomic_int in_flight; /* from the request line to the last byte of the answer */
};

/* ulfius hides the connection from its callbacks: one thread serves one, which is kept here. */
static _Thread_local struct MHD_Connection *current_connection;
static _Thread_local struct watched *current_reaped;
static _Thread_local struct body current_body;
static _Thread_local bool head_is_read;

static struct server *server_of(void *instance) {
    return (struct server *)(void *)((char *)instance - offsetof(struct server, instance));
}

/* One response being sent, in its own arena; a stream outlives the callback that made it. */
struct answer {
    struct arena arena;
    struct exchange exchange;
    struct buf chunk; /* written by the stream, not sent yet */
    size_t chunk_sent;
    bool stream_over;
};

static void connection_changed(void *cls, struct MHD_Connection *connection, void **context,
                               enum MHD_ConnectionNotificationCode code) {
    struct server *server = cls;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        *context = info == NULL ? NULL
                                : connection_deadlines_opened(server->connection_deadlines,
                                                              info->connect_fd);
    } else {
        connection_deadlines_closed(server->connection_deadlines, *context);
        *context = NULL;
    }
}

/* libmicrohttpd passes the connection as a third argument that ulfius' own function leaves out. */
static void *request_started(void *cls, const char *uri, struct MHD_Connection *connection) {
    struct server *server = cls;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    void *con_info = ulfius_uri_logger(NULL, uri);
    atomic_fetch_add(&server->in_flight, 1);
    current_connection = connection;
    current_reaped = info == NULL ? NULL : info->socket_context;
    head_is_read = false;
    connection_deadlines_request_started(current_reaped);
    return con_info;
}

static void request_completed(void *cls, struct MHD_Connection *connection, void **con_cls,
                              enum MHD_RequestTerminationCode code) {
    struct server *server = cls;
    connection_deadlines_finished(current_reaped);
    mhd_request_completed(&server->instance, connection, con_cls, code);
    body_clear(&current_body);
    atomic_fetch_sub(&server->in_flight, 1);
}

static enum MHD_Result collect_header(void *cls, enum MHD_ValueKind kind, const char *name,
                                      const char *value) {
    struct raw_request *raw = cls;
    struct pair *headers = (struct pair *)raw->headers;
    (void)kind;
    headers[raw->headers_count++] = (struct pair){name, value == NULL ? "" : value};
    raw->header_block_bytes += strlen(name) + (value == NULL ? 0 : strlen(value)) + 4;
    return MHD_YES;
}

static void read_raw(struct arena *arena, const struct _u_request *request,
                     struct raw_request *raw) {
    const int count = MHD_get_connection_values(current_connection, MHD_HEADER_KIND, NULL, NULL);
    *raw = (struct raw_request){
        .method = request->http_verb,
        .target = request->http_url,
        .version = request->http_protocol,
        .headers = ARENA_ARRAY(arena, struct pair, (size_t)(count > 0 ? count : 0)),
        .header_block_bytes = strlen(request->http_verb) + strlen(request->http_url),
        .body = body_text(&current_body),
        .body_bytes = current_body.length,
        .spool = current_body.spool,
        .peer = library_peer_address(current_connection),
    };
    (void)MHD_get_connection_values(current_connection, MHD_HEADER_KIND, collect_header, raw);
}

static void end_stream(struct response *response) {
    if (response->stream_end != NULL) {
        response->stream_end(response->stream_state);
    }
    response->stream = NULL;
    response->stream_end = NULL;
}

static void answer_free(void *cls) {
    struct answer *answer = cls;
    end_stream(&answer->exchange.response);
    buf_clear(&answer->chunk);
    struct arena arena = answer->arena;
    arena_clear(&arena);
}

static struct answer *answer_new(struct http_state *http) {
    struct arena arena;
    arena_init(&arena);
    struct answer *answer = ARENA_NEW(&arena, struct answer);
    answer->arena = arena;
    answer->exchange.http = http;
    answer->exchange.arena = &answer->arena;
    buf_init(&answer->chunk, NULL, SIZE_MAX / 2);
    return answer;
}

static ssize_t send_stream(void *cls, uint64_t offset, char *out, size_t room) {
    struct answer *answer = cls;
    (void)offset;
    while (answer->chunk_sent == answer->chunk.length) {
        if (answer->stream_over) {
            return U_STREAM_END;
        }
        answer->chunk.length = 0;
        answer->chunk_sent = 0;
        err_forget_cause();
        const enum stream_step step = answer->exchange.response.stream(
            answer->exchange.response.stream_state, &answer->chunk);
        if (step == STREAM_FAILS || answer->chunk.overflowed) {
            if (*err_cause() != '\0') { /* else the database is away, or the file was deleted */
                dispatch_log_failure(&answer->exchange);
            }
            return U_STREAM_ERROR;
        }
        answer->stream_over = step == STREAM_ENDS;
    }
    const size_t left = answer->chunk.length - answer->chunk_sent;
    const size_t count = left < room ? left : room;
    memcpy(out, answer->chunk.bytes + answer->chunk_sent, count);
    answer->chunk_sent += count;
    return (ssize_t)count;
}

/* HEAD of a stream whose length nobody knows: libmicrohttpd 0.9.75 would send the last chunk of a body that HEAD has
 * not, and the client would read it as the start of the next answer. The body is made and counted instead, which
 * Content-Length then says as for GET. */
static void measure_stream(struct answer *answer) {
    struct response *response = &answer->exchange.response;
    char unread[STREAM_BLOCK_BYTES];
    ssize_t length = 0;
    while ((length = send_stream(answer, 0, unread, sizeof unread)) > 0) {
        response->stream_bytes += length;
    }
    if (length != U_STREAM_END || response->stream_bytes == 0) {
        end_stream(response);
    }
    if (length != U_STREAM_END) {
        problem_render(&answer->exchange, ERR_UNAVAILABLE);
    }
}

static bool is_head_of_unknown_length(const struct exchange *exchange) {
    return strcmp(exchange->request.method_text, "HEAD") == 0 &&
           exchange->response.stream != NULL && exchange->response.stream_bytes == 0;
}

/* A map of ulfius has one value of a name, byte for byte. Another Set-Cookie goes under another spelling, which is
 * the same name (RFC 9110, 5.1). */
static void put_cookie(struct answer *answer, struct _u_map *map, const char *value) {
    char *name = arena_strdup(&answer->arena, "Set-Cookie");
    for (char *c = name; *c != '\0' && u_map_has_key(map, name); c++) {
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
    }
    (void)u_map_put(map, name, value);
}

/* `sending`: of a body that is too large to be copied; NULL otherwise. */
static void write_response(struct answer *answer, struct sending *sending,
                           struct _u_response *out) {
    const struct response *response = &answer->exchange.response;
    for (size_t i = 0; i < response->headers_count; i++) {
        const struct pair *header = &response->headers[i];
        if (strcmp(header->name, "Set-Cookie") == 0) {
            put_cookie(answer, out->map_header, header->value);
        } else {
            (void)u_map_put(out->map_header, header->name, header->value);
        }
    }
    if (response->content_type != NULL) {
        (void)u_map_put(out->map_header, "Content-Type", response->content_type);
    }
    if (response->stream != NULL) {
        const uint64_t size = response->stream_bytes > 0 ? (uint64_t)response->stream_bytes
                                                         : (uint64_t)U_STREAM_SIZE_UNKNOWN;
        (void)ulfius_set_stream_response(out, (unsigned int)response->status, send_stream,
                                         answer_free, size, STREAM_BLOCK_BYTES, answer);
    } else if (sending != NULL) {
        (void)ulfius_set_stream_response(out, (unsigned int)response->status, sending_read,
                                         sending_free, response->body_bytes, STREAM_BLOCK_BYTES,
                                         sending);
    } else if (response->body_bytes == 0) {
        (void)ulfius_set_empty_body_response(out, (unsigned int)response->status);
    } else {
        (void)ulfius_set_binary_body_response(out, (unsigned int)response->status, response->body,
                                              response->body_bytes);
    }
}

/* The one endpoint. Always U_CALLBACK_COMPLETE: ulfius changes the answer for anything else. */
static int answer_request(const struct _u_request *request, struct _u_response *out, void *cls) {
    struct server *server = cls;
    connection_deadlines_handling(current_reaped);
    struct answer *answer = answer_new(server->http);
    struct raw_request raw;
    read_raw(&answer->arena, request, &raw);
    dispatch(&answer->exchange, &raw);
    if (is_head_of_unknown_length(&answer->exchange)) {
        measure_stream(answer);
    }
    struct sending *sending = NULL;
    if (!sending_prepare(server->http, &answer->exchange.response, &sending)) {
        problem_render(&answer->exchange, ERR_UNAVAILABLE);
    }
    dispatch_record(&answer->exchange);
    write_response(answer, sending, out);
    connection_deadlines_sending(current_reaped);
    if (answer->exchange.response.stream == NULL) {
        answer_free(answer);
    }
    return U_CALLBACK_COMPLETE;
}

static const char *find_header(struct MHD_Connection *connection, const char *name) {
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* The head is complete: does a body follow, and may it? */
static void begin_body(struct server *server, struct MHD_Connection *connection, const char *target,
                       const char *method) {
    const struct body_head head = {
        .method = method,
        .target = target,
        .length = find_header(connection, "Content-Length"),
        .coding = find_header(connection, "Transfer-Encoding"),
        .request_id = find_header(connection, "X-Request-ID"),
        .socket =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
    };
    if (head.coding == NULL && (head.length == NULL || strcmp(head.length, "0") == 0)) {
        return;
    }
    connection_deadlines_body(current_reaped);
    body_begin(&current_body, server->http, &head);
    if (current_body.is_refused) {
        connection_deadlines_refused(current_reaped);
    }
}

static void take_bytes(const char *data, size_t length) {
    const bool was_refused = current_body.is_refused;
    if (!was_refused) {
        connection_deadlines_received(current_reaped, length);
    }
    body_append(&current_body, data, length);
    if (current_body.is_refused && !was_refused) {
        connection_deadlines_refused(current_reaped);
    }
}

/* In front of ulfius, which keeps any body up to the largest limit of all routes and calls us at its end:
 * bodies are taken here, while they arrive. What comes behind a refusal is read and thrown away, so that the
 * caller gets to read why. */
static enum MHD_Result take_request(void *cls, struct MHD_Connection *connection, const char *url,
                                    const char *method, const char *version, const char *data,
                                    size_t *data_bytes, void **context) {
    struct server *server = server_of(cls);
    const struct connection_info_struct *info = *context;
    const bool is_first = !head_is_read;
    head_is_read = true;
    if (info == NULL) {
        return MHD_NO;
    }
    if (is_first) {
        begin_body(server, connection, info->request->http_url, method);
    } else if (*data_bytes > 0) {
        take_bytes(data, *data_bytes);
        *data_bytes = 0;
        return MHD_YES;
    }
    if (current_body.is_refused) {
        return is_first ? MHD_YES : MHD_NO;
    }
    return server->ulfius(cls, connection, url, method, version, data, data_bytes, context);
}

/* libulfius calls this function in the place of libmicrohttpd's, since the program's symbols come first:
 * it names its access handler nowhere else. server_start makes sure that it did. */
struct MHD_Daemon *MHD_start_daemon(unsigned int flags, uint16_t port,
                                    MHD_AcceptPolicyCallback policy, void *policy_cls,
                                    MHD_AccessHandlerCallback answer, void *answer_cls, ...) {
    struct server *server = server_of(answer_cls);
    va_list options;
    server->ulfius = answer;
    va_start(options, answer_cls);
    struct MHD_Daemon *daemon =
        MHD_start_daemon_va(flags, port, policy, policy_cls, take_request, answer_cls, options);
    va_end(options);
    return daemon;
}

/* Each connection is a descriptor; the default of 1,024 would end the service at a few hundred. */
static void raise_descriptors(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* Read from the socket: libmicrohttpd only repeats what ulfius passed to it. */
static uint16_t listening_port(struct MHD_Daemon *daemon) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_LISTEN_FD);
    return info == NULL ? 0 : bind_address_port(info->listen_fd);
}

static bool listen_on(struct server *server) {
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)library_log, NULL},
        {MHD_OPTION_SOCK_ADDR, 0, &server->address},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)request_completed, server},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)request_started, server},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)connection_changed, server},
        {MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX, NULL},
        {MHD_OPTION_PER_IP_CONNECTION_LIMIT, CONNECTIONS_OF_ONE_MAX, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, INACTIVITY_S, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY_BYTES, NULL},
        {MHD_OPTION_THREAD_STACK_SIZE, STACK_BYTES, NULL},
        {MHD_OPTION_LISTEN_BACKLOG_SIZE, BACKLOG, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    unsigned int flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
                         MHD_USE_POLL | MHD_USE_ITC | MHD_USE_ERROR_LOG;
    if (server->address.ss_family == AF_INET6) {
        flags |= MHD_USE_IPv6;
    }
    o_set_alloc_funcs(memory_alloc, memory_realloc, memory_free); /* ulfius writes through NULL */
    if (ulfius_start_framework_with_mhd_options(&server->instance, flags, options) != U_OK ||
        server->ulfius == NULL) {
        return false;
    }
    server->port = listening_port(server->instance.mhd_daemon);
    return true;
}

static void server_free(struct server *server) {
    ulfius_clean_instance(&server->instance);
    connection_deadlines_free(server->connection_deadlines);
    free(server);
}

enum err server_start(struct http_state *http, struct server **out) {
    const struct config *config = http->services->config;
    struct server *server = calloc(1, sizeof *server);
    if (server == NULL || !route_table_check() || !bind_address_resolve(config, &server->address)) {
        free(server);
        return ERR_UNAVAILABLE;
    }
    raise_descriptors();
    server->http = http;
    server->connection_deadlines = connection_deadlines_new(http);
    /* ulfius refuses port 0, but the address given to libmicrohttpd is the one that counts. */
    const unsigned int port = config->port == 0 ? 1 : (unsigned int)config->port;
    if (server->connection_deadlines == NULL ||
        ulfius_init_instance(&server->instance, port, NULL, NULL) != U_OK) {
        free(server);
        return ERR_UNAVAILABLE;
    }
    server->instance.max_post_param_size = 1;
    server->instance.allowed_post_processor = U_POST_PROCESS_NONE;
    server->instance.check_utf8 = 0;
    (void)ulfius_set_default_endpoint(&server->instance, answer_request, server);
    if (!listen_on(server)) {
        (void)fprintf(stderr, "cannot listen on %s port %d: %s\n", config->bind, (int)config->port,
                      strerror(errno));
        server_free(server);
        return ERR_UNAVAILABLE;
    }
    log_info(LOG_STARTED, LOG_TEXT("version", GUICHET_VERSION), LOG_TEXT("bind", config->bind),
             LOG_NUMBER("port", server->port));
    *out = server;
    return ERR_NONE;
}

uint16_t server_port(const struct server *server) {
    return server->port;
}

/* Draining: readiness is off and every response closes its connection, but new connections are still
 * served, so that a proxy that has not read /health/ready since, or never does, loses nothing. A
 * second signal ends the wait at once. */
static void drain(struct server *server) {
    const struct timespec most = {.tv_sec = (time_t)server->http->services->config->drain};
    sigset_t asked_again;
    sigemptyset(&asked_again);
    sigaddset(&asked_again, SIGTERM);
    sigaddset(&asked_again, SIGINT);
    atomic_store(&server->http->stopping, true);
    log_info(LOG_STOPPING, LOG_NUMBER("in_flight", atomic_load(&server->in_flight)));
    (void)sigtimedwait(&asked_again, NULL, &most);
}

/* No new connection is accepted; those that the kernel accepted already are served. */
static void stop_listening(struct server *server) {
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    struct MHD_Daemon *daemon = server->instance.mhd_daemon;
    const int listening = MHD_quiesce_daemon(daemon);
    if (listening < 0) {
        return;
    }
    struct sockaddr *peer = (struct sockaddr *)&address;
    (void)fcntl(listening, F_SETFL, O_NONBLOCK);
    for (int accepted; (accepted = accept(listening, peer, &length)) >= 0;
         length = sizeof address) {
        (void)MHD_add_connection(daemon, accepted, peer, length);
    }
    (void)close(listening);
}

static bool is_busy(struct server *server) {
    return atomic_load(&server->in_flight) > 0 ||
           connection_deadlines_awaits_request(server->connection_deadlines);
}

/* Waits until no request is being handled; behind proxies, a connection may still be on its way to its
 * thread. */
static void finish_requests(struct server *server) {
    const int enough = server->http->services->config->drain > 0 ? QUIET_LOOKS : 1;
    const int64_t end_ms = clock_monotonic_ms() + STOP_MOST_MS;
    const struct timespec pause = {.tv_nsec = STOP_LOOK_MS * 1000000L};
    for (int quiet = 0; quiet < enough && clock_monotonic_ms() < end_ms;) {
        quiet = is_busy(server) ? 0 : quiet + 1;
        (void)nanosleep(&pause, NULL);
    }
}

void server_stop(struct server *server) {
    drain(server);
    stop_listening(server);
    finish_requests(server);
    (void)ulfius_stop_framework(&server->instance);
    server_free(server);
}
