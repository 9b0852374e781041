#include "http/dispatch.h"
#include "base/clock.h"
#include "base/log.h"
#include "http/authn.h"
#include "http/caller.h"
#include "http/deprecation.h"
#include "http/http_metrics.h"
#include "http/http_state.h"
#include "http/idempotency_key.h"
#include "http/look.h"
#include "http/on_behalf.h"
#include "http/problem.h"
#include "http/ratelimit.h"
#include "http/replay.h"
#include "http/request_reader.h"
#include "http/route.h"
#include "http/security_headers.h"
#include "http/static_files.h"
#include <string.h>
#include <strings.h>

enum { METHOD_BYTES_LOGGED = 16 };

/* The only one of these headers; NULL without, or where several disagree about what it says. */
static const char *find_single(const struct raw_request *raw, const char *name) {
    const char *found = NULL;
    for (size_t i = 0; i < raw->headers_count; i++) {
        if (strcasecmp(raw->headers[i].name, name) == 0) {
            if (found != NULL) {
                return NULL;
            }
            found = raw->headers[i].value;
        }
    }
    return found;
}

static enum err serve_static(struct exchange *exchange) {
    return static_files_answer(exchange->http->static_files, exchange);
}

/* Every path without a row: the frontend, which knows its own paths. */
static const struct route STATIC_ROUTE = {.method = METHOD_GET,
                                          .path = "",
                                          .access = ACCESS_PUBLIC,
                                          .body = BODY_NONE,
                                          .rate = RATE_NONE,
                                          .query = "*",
                                          .handle = serve_static};

static enum err find_route(struct exchange *exchange, const struct raw_request *raw) {
    struct route_match match;
    TRY(route_find(exchange->arena, raw->method, &exchange->request, &match));
    exchange->route = match.route;
    if (match.route != NULL) {
        return ERR_NONE;
    }
    if (!match.path_known) {
        exchange->route = &STATIC_ROUTE;
        return ERR_NONE;
    }
    response_header(exchange, "Allow", arena_strdup(exchange->arena, match.allow));
    return ERR_METHOD_NOT_ALLOWED;
}

static enum err check_rate(struct exchange *exchange, const struct route *route) {
    struct ip ip;
    if (exchange->http->ratelimit == NULL || !ip_parse(exchange->request.hop, &ip) ||
        ratelimit_take(exchange->http->ratelimit, route->rate, &ip, clock_monotonic_ms(),
                       &exchange->retry_after_s)) {
        return ERR_NONE;
    }
    return ERR_RATE_LIMITED;
}

/* The order of the checks. Each stops the request with its own answer. */
static enum err answer(struct exchange *exchange, const struct raw_request *raw) {
    TRY(request_read_head(exchange, raw));
    caller_resolve(exchange, raw->peer);
    exchange->actor.address = exchange->request.address;
    exchange->actor.hop = exchange->request.hop;
    TRY(find_route(exchange, raw));
    const struct route *route = exchange->route;
    if (route == &STATIC_ROUTE) {
        return route->handle(exchange); /* needs neither body, query nor caller */
    }
    TRY(check_rate(exchange, route));
    TRY(authn_identify(exchange, route));
    TRY(authn_check_access(exchange, route));
    TRY(authn_check_intent(exchange, route));
    TRY(request_read_type(exchange, route, raw));
    TRY(request_read_query(exchange, route));
    TRY(request_read_body(exchange, route));
    TRY(idempotency_key_read(exchange, route));
    /* Behind ACCESS_CLIENT the handler says who the program is, and what is done on whose behalf. */
    const enum err err = route->access == ACCESS_CLIENT ? route->handle(exchange)
                                                        : on_behalf_run(exchange, route->handle);
    /* The act found the answer kept for its key: that is sent, whatever the handler made of it. */
    return exchange->context.is_replayed ? replay_answer(exchange) : err;
}

/* OPTIONS asks what a path takes, which a refusal of the method says too (RFC 9110, section 9.3.7). */
static enum err answer_options(struct exchange *exchange, enum err err) {
    return err == ERR_METHOD_NOT_ALLOWED && strcmp(exchange->request.method_text, "OPTIONS") == 0
               ? response_empty(exchange, 204)
               : err;
}

void dispatch(struct exchange *exchange, const struct raw_request *raw) {
    exchange->started_us = clock_monotonic_us();
    err_forget_cause();
    exchange->request.path = "";
    exchange->request.method_text = raw->method;
    exchange->request.address = raw->peer;
    exchange->request.hop = raw->peer;
    exchange->services = exchange->http->services;
    field_errors_init(&exchange->errors, exchange->arena);
    trace_take_request_id(find_single(raw, "X-Request-ID"), exchange->request_id);
    trace_continue(find_single(raw, "traceparent"), &exchange->trace);
    exchange->actor.request_id = exchange->request_id;
    exchange->actor.address = exchange->request.address;
    exchange->actor.hop = exchange->request.hop;
    exchange->context = (struct context){.services = exchange->services,
                                         .arena = exchange->arena,
                                         .actor = &exchange->actor,
                                         .errors = &exchange->errors};
    const enum err err = answer_options(exchange, answer(exchange, raw));
    if (err == ERR_NONE) {
        look_record(exchange);
    } else {
        problem_render(exchange, err);
    }
    response_header(exchange, "X-Request-ID", exchange->request_id);
    if (trace_is_known(&exchange->trace)) {
        response_header(exchange, "traceparent", exchange->trace.parent);
    }
    deprecation_add_headers(exchange);
    security_headers_add(exchange);
    if (atomic_load(&exchange->http->stopping)) {
        exchange->response.close = true;
    }
    if (exchange->response.close) {
        response_header(exchange, "Connection", "close");
    }
}

static const char *text_or_empty(const char *text) {
    return text == NULL ? "" : text;
}

void dispatch_log_failure(const struct exchange *exchange) {
    log_error(LOG_INTERNAL_ERROR, LOG_TEXT("request_id", exchange->request_id),
              LOG_TEXT("route", exchange->route == NULL ? "" : exchange->route->path),
              LOG_TEXT("cause", err_cause()));
}

void dispatch_record(const struct exchange *exchange) {
    const bool is_client = exchange->actor.kind == ACTOR_CLIENT;
    const int64_t duration_us = clock_monotonic_us() - exchange->started_us;
    const char *method = exchange->request.method_text; /* of any length, chosen by the caller */
    if (exchange->response.status == err_status(ERR_INTERNAL)) {
        dispatch_log_failure(exchange);
    }
    http_metrics_count(exchange->route, exchange->response.status, duration_us);
    const struct log_field fields[] = {
        LOG_TEXT("request_id", exchange->request_id),
        LOG_TEXT("method", strlen(method) > METHOD_BYTES_LOGGED ? "" : method),
        LOG_TEXT("route", exchange->route == NULL ? "" : exchange->route->path),
        LOG_NUMBER("status", exchange->response.status),
        LOG_NUMBER("duration_us", duration_us),
        LOG_TEXT("address", text_or_empty(exchange->request.address)),
        LOG_TEXT("account", text_or_empty(is_client ? NULL : exchange->actor.account_id)),
        LOG_TEXT("client", text_or_empty(exchange->actor.client_id)),
        LOG_TEXT("token", text_or_empty(exchange->token_id)),
        LOG_TEXT("trace_id", exchange->trace.trace_id),
        LOG_TEXT("span_id", exchange->trace.span_id),
    };
    const size_t count = sizeof fields / sizeof fields[0];
    log_write(LOG_LEVEL_INFO, LOG_REQUEST, fields,
              trace_is_known(&exchange->trace) ? count : count - 2);
}
