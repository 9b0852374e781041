#include "http/management.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/metrics.h"
#include "http/bind_address.h"
#include "http/library.h"
#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { METRICS_BYTES_MAX = 4 * 1024 * 1024, MEMORY_BYTES = 16 * 1024 };

struct management {
    struct MHD_Daemon *daemon;
    const char *path; /* of the socket; NULL: an address */
};

static enum MHD_Result send_text(struct MHD_Connection *connection, unsigned int status,
                                 const char *type, const char *text, size_t length) {
    struct MHD_Response *response =
        MHD_create_response_from_buffer(length, (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
    if (response == NULL) {
        return MHD_NO;
    }
    (void)MHD_add_response_header(response, "Content-Type", type);
    (void)MHD_add_response_header(response, "Cache-Control", "no-store");
    (void)MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED) {
        (void)MHD_add_response_header(response, "Allow", "GET, HEAD");
    }
    const enum MHD_Result sent = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return sent;
}

static enum MHD_Result refuse(struct MHD_Connection *connection, enum err err,
                              unsigned int status) {
    ARENA_AUTO(arena);
    const char *problem =
        arena_printf(&arena, "{\"type\":\"/problems/%s\",\"title\":\"%s\",\"status\":%u}",
                     err_slug(err), err_title(err), status);
    return send_text(connection, status, "application/problem+json", problem, strlen(problem));
}

/* libmicrohttpd calls once with the head, then with the bytes of a body if there is one, then without. */
static enum MHD_Result answer(void *cls, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *data_bytes, void **context) {
    static char head_was_read;
    (void)cls;
    (void)version;
    (void)data;
    if (*context == NULL) {
        *context = &head_was_read;
        return MHD_YES;
    }
    if (*data_bytes > 0) {
        return MHD_NO;
    }
    if (strcmp(url, "/metrics") != 0) {
        return refuse(connection, ERR_NOT_FOUND, MHD_HTTP_NOT_FOUND);
    }
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
        return refuse(connection, ERR_METHOD_NOT_ALLOWED, MHD_HTTP_METHOD_NOT_ALLOWED);
    }
    ARENA_AUTO(arena);
    struct buf out;
    buf_init(&out, &arena, METRICS_BYTES_MAX);
    metrics_write(&out);
    return send_text(connection, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8",
                     buf_text(&out), out.length);
}

/* By the variant with a list, since MHD_start_daemon is the one of server.c in this program. */
static struct MHD_Daemon *start_daemon(unsigned int flags, ...) {
    va_list options;
    va_start(options, flags);
    struct MHD_Daemon *daemon = MHD_start_daemon_va(flags, 0, NULL, NULL, answer, NULL, options);
    va_end(options);
    return daemon;
}

static struct MHD_Daemon *serve(int listening) {
    return start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ERROR_LOG,
                        MHD_OPTION_EXTERNAL_LOGGER, library_log,
                        NULL, /* first: it counts from here on */
                        MHD_OPTION_LISTEN_SOCKET, listening, MHD_OPTION_CONNECTION_LIMIT,
                        (unsigned int)MANAGEMENT_CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
                        (unsigned int)MANAGEMENT_INACTIVITY_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                        (size_t)MEMORY_BYTES, MHD_OPTION_END);
}

enum err management_start(const struct config *config, struct management **out) {
    const char *place = config->management_bind;
    *out = NULL;
    if (*place == '\0') {
        return ERR_NONE;
    }
    const int listening = bind_address_listen(place);
    if (listening < 0) {
        return ERR_UNAVAILABLE;
    }
    struct management *management = calloc(1, sizeof *management);
    struct MHD_Daemon *daemon = management == NULL ? NULL : serve(listening);
    if (daemon == NULL) {
        (void)fprintf(stderr, "GUICHET_MANAGEMENT_BIND: %s: no thread could be started\n", place);
        (void)close(listening);
        free(management);
        return ERR_UNAVAILABLE;
    }
    management->daemon = daemon;
    management->path = bind_address_path(place);
    log_info(LOG_STARTED, LOG_TEXT("part", "management"), LOG_TEXT("bind", place),
             LOG_NUMBER("port", bind_address_port(listening)));
    *out = management;
    return ERR_NONE;
}

void management_stop(struct management *management) {
    if (management == NULL) {
        return;
    }
    if (management->path != NULL) {
        (void)unlink(management->path);
    }
    MHD_stop_daemon(management->daemon); /* closes the socket that listens */
    free(management);
}
