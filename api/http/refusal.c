#include "http/refusal.h"
#include "base/arena.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "http/trace.h"
#include <string.h>
#include <sys/socket.h>

static const char *reason_of(int status) {
    switch (status) {
    case 400:
        return "Bad Request";
    case 413:
        return "Content Too Large";
    default:
        return "Service Unavailable";
    }
}

static const char *write_problem(struct arena *arena, enum err err, const char *path,
                                 const char *detail, const char *id) {
    struct value *problem = value_object(arena);
    value_set_text(arena, problem, "type", arena_printf(arena, "/problems/%s", err_slug(err)));
    value_set_text(arena, problem, "title", err_title(err));
    value_set(problem, "status", value_integer(arena, err_status(err)));
    value_set_text(arena, problem, "detail", detail);
    value_set_text(arena, problem, "instance", path);
    value_set_text(arena, problem, "request_id", id);
    return json_text(arena, problem);
}

void refusal_send(int socket, enum err err, const char *target, const char *request_id,
                  const char *detail) {
    ARENA_AUTO(arena);
    char id[UUID_TEXT_BYTES];
    const int status = err_status(err);
    trace_take_request_id(request_id, id);
    const char *path = arena_strndup(&arena, target, strcspn(target, "?"));
    const char *body = write_problem(&arena, err, path, detail, id);
    const char *answer = arena_printf(
        &arena,
        "HTTP/1.1 %d %s\r\nConnection: close\r\nContent-Length: %zu\r\n"
        "Content-Type: application/problem+json\r\nX-Request-ID: %s\r\n%s"
        "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
        "Referrer-Policy: no-referrer\r\nCross-Origin-Opener-Policy: same-origin\r\n"
        "Cross-Origin-Resource-Policy: same-origin\r\n"
        "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n\r\n%s",
        status, reason_of(status), strlen(body), id, status == 503 ? "Retry-After: 5\r\n" : "",
        body);
    (void)send(socket, answer, strlen(answer), MSG_DONTWAIT | MSG_NOSIGNAL);
    (void)shutdown(socket, SHUT_WR);
    log_info(LOG_REQUEST, LOG_TEXT("request_id", id), LOG_TEXT("route", ""),
             LOG_NUMBER("status", status));
}
