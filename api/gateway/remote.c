#include "gateway/remote.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "domain/gateway_port.h"
#include "gateway/answer.h"
#include "gateway/provider.h"
#include "outbound/http_client.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CONNECT_TIMEOUT_MS = 2000, URL_BYTES_MAX = 16 * 1024, RETRY_IN_MOST_S = 86400 };

struct remote {
    const struct provider *provider;
    struct http_client *client;
    pthread_mutex_t lock; /* guards what follows */
    size_t under_way;
    size_t failures; /* since the last good answer */
    int64_t open_until_ms;
    int64_t answered_at_ms; /* wall clock, as the next; 0: never */
    int64_t failed_at_ms;
    bool is_open;
    bool is_probing; /* the one call that tries again is under way */
};

struct remote *remote_new(const struct provider *provider) {
    struct remote *remote = calloc(1, sizeof *remote);
    if (remote == NULL) {
        abort(); /* at start: nothing works without it */
    }
    remote->provider = provider;
    remote->client = http_client_new(&(struct http_client_options){
        .connect_timeout_ms =
            provider->timeout_ms < CONNECT_TIMEOUT_MS ? provider->timeout_ms : CONNECT_TIMEOUT_MS,
        .timeout_ms = provider->timeout_ms,
        .body_bytes_max = REMOTE_ANSWER_BYTES_MAX,
    });
    (void)pthread_mutex_init(&remote->lock, NULL);
    return remote;
}

void remote_free(struct remote *remote) {
    if (remote != NULL) {
        http_client_free(remote->client);
        (void)pthread_mutex_destroy(&remote->lock);
        free(remote);
    }
}

/* 0: go on; else the seconds to wait. */
static int64_t enter(struct remote *remote) {
    int64_t wait_s = 0;
    (void)pthread_mutex_lock(&remote->lock);
    const int64_t left_ms = remote->open_until_ms - clock_monotonic_ms();
    if (remote->is_open && (left_ms > 0 || remote->is_probing)) {
        wait_s = left_ms > 0 ? (left_ms + 999) / 1000 : 1;
    } else if (remote->under_way >= REMOTE_UNDER_WAY_MAX) {
        wait_s = 1;
    } else {
        remote->under_way++;
        remote->is_probing = remote->is_open;
    }
    (void)pthread_mutex_unlock(&remote->lock);
    return wait_s;
}

static void leave(struct remote *remote, bool good) {
    (void)pthread_mutex_lock(&remote->lock);
    const bool was_open = remote->is_open;
    remote->under_way--;
    remote->is_probing = false;
    remote->failures = good ? 0 : remote->failures + 1;
    *(good ? &remote->answered_at_ms : &remote->failed_at_ms) = clock_now_ms();
    remote->is_open = remote->failures >= REMOTE_FAILURES_TO_OPEN;
    if (remote->is_open) {
        remote->open_until_ms = clock_monotonic_ms() + REMOTE_OPEN_MS;
    }
    const bool is_open = remote->is_open;
    (void)pthread_mutex_unlock(&remote->lock);
    if (was_open != is_open) {
        log_warning(is_open ? LOG_PROVIDER_OPENED : LOG_PROVIDER_CLOSED,
                    LOG_TEXT("provider", remote->provider->id));
    }
}

void remote_get_state(struct remote *remote, int64_t now_ms, struct gateway_provider *out) {
    (void)pthread_mutex_lock(&remote->lock);
    const int64_t answered_ms = remote->answered_at_ms;
    const int64_t failed_ms = remote->failed_at_ms;
    const int64_t left_ms = remote->open_until_ms - clock_monotonic_ms();
    const bool is_open = remote->is_open;
    (void)pthread_mutex_unlock(&remote->lock);
    const int64_t last_ms = answered_ms > failed_ms ? answered_ms : failed_ms;
    const int64_t recent_ms = now_ms - REMOTE_RECENT_MS;
    out->checked_at_ms = last_ms > 0 ? last_ms : -1;
    out->retry_at_ms = is_open && left_ms > 0 ? now_ms + left_ms : -1;
    out->state = is_open                   ? "failing"
                 : answered_ms > recent_ms ? "ok"
                 : failed_ms > recent_ms   ? "failing"
                                           : "unknown";
}

static void append_query(struct buf *url, struct arena *arena, const char *name,
                         const char *value) {
    if (value != NULL) {
        buf_printf(url, "%c%s=%s", strchr(buf_text(url), '?') == NULL ? '?' : '&',
                   text_percent_encode(arena, name), text_percent_encode(arena, value));
    }
}

/* The endpoint's template with the values called in the place of {…}, then the query. */
static const char *make_url(const struct remote *remote, const struct call *call) {
    const struct endpoint *endpoint = call->endpoint;
    struct buf url;
    buf_init(&url, call->arena, URL_BYTES_MAX);
    buf_puts(&url, remote->provider->base_url);
    size_t index = 0;
    for (const char *c = endpoint->path; *c != '\0'; c++) {
        if (*c != '{') {
            buf_putc(&url, *c);
            continue;
        }
        buf_puts(&url, text_percent_encode(call->arena, call->path_values[index++]));
        c += strcspn(c, "}");
    }
    for (size_t i = 0; i < call->called.count; i++) {
        const struct called_value *item = &call->called.items[i];
        if (item->parameter >= endpoint->query_parameters &&
            item->parameter < endpoint->query_parameters + endpoint->query_parameters_count) {
            append_query(&url, call->arena, item->parameter->name, item->value);
        }
    }
    append_query(&url, call->arena, "context", call->context);
    append_query(&url, call->arena, "object", call->object);
    append_query(&url, call->arena, "recipient", call->recipient);
    return url.overflowed ? NULL : buf_text(&url);
}

static enum err ask(struct remote *remote, const struct call *call, struct http_response *response,
                    const char **reason) {
    const struct provider *provider = remote->provider;
    const struct http_header headers[] = {
        {"Accept", "application/json"},
        {"User-Agent", "Guichet/" GUICHET_VERSION},
        {"X-Request-ID", call->request->request_id},
        {provider->credential_header, provider->credential_value},
    };
    const struct http_request request = {
        .method = "GET",
        .url = make_url(remote, call),
        .headers = headers,
        .headers_count = provider->credential_header != NULL ? 4 : 3,
    };
    *reason = "address too long";
    return request.url == NULL
               ? ERR_INVALID
               : http_client_send(remote->client, call->arena, &request, response, reason);
}

/* A page of a proxy in front of the provider is none of its answers. */
static bool is_json(const struct http_response *answer) {
    const char *type = http_response_find(answer, "Content-Type");
    if (type == NULL || answer->body_bytes == 0) {
        return false;
    }
    const size_t length = strcspn(type, "; \t");
    return (length == strlen("application/json") &&
            strncasecmp(type, "application/json", length) == 0) ||
           (length > strlen("+json") && strncasecmp(type + length - 5, "+json", 5) == 0);
}

static void pass_on(struct call *call, const struct http_response *answer) {
    static const char *const passed[] = {"Last-Modified", "Content-Language", "Content-Disposition",
                                         "Link"};
    call->response->status = answer->status;
    call->response->content_type = http_response_find(answer, "Content-Type");
    call->response->body = answer->body;
    call->response->body_bytes = answer->body_bytes;
    for (size_t i = 0; i < sizeof passed / sizeof passed[0]; i++) {
        const char *value = http_response_find(answer, passed[i]);
        if (value != NULL) {
            answer_header(call->response, passed[i], value);
        }
    }
}

/* Seconds of Retry-After; 0 where it is missing or a date. */
static int64_t retry_in_s(const struct http_response *answer) {
    const char *text = http_response_find(answer, "Retry-After");
    int64_t seconds = 0;
    return text != NULL && text_parse_integer(text, 0, RETRY_IN_MOST_S, &seconds) ? seconds : 0;
}

/* Nothing found, or nothing that may be told: the provider's own words where there are any. */
static bool answer_without_data(struct call *call, const struct http_response *answer,
                                enum gateway_error_id id) {
    if (!is_json(answer)) {
        (void)answer_provider_error(call, id, 0);
        return true;
    }
    pass_on(call, answer);
    call->error_code = arena_printf(call->arena, "%s%s", call->endpoint->provider->code,
                                    gateway_error_get(id)->code + 2);
    return true;
}

/* True where the provider did its work, whatever it found. */
static bool answer_status(struct call *call, const struct http_response *answer) {
    switch (answer->status) {
    case 200:
        if (http_response_find(answer, "Content-Type") == NULL) {
            return answer_provider_error(call, GATEWAY_ERROR_PROVIDER_UNREADABLE, 0);
        }
        pass_on(call, answer);
        return true;
    case 404:
        return answer_without_data(call, answer, GATEWAY_ERROR_PROVIDER_NOT_FOUND);
    case 451:
        return answer_without_data(call, answer, GATEWAY_ERROR_PROVIDER_UNDISCLOSED);
    case 401:
    case 403:
        (void)answer_provider_error(call, GATEWAY_ERROR_PROVIDER_CREDENTIALS, 0);
        return true;
    case 429:
        (void)answer_provider_error(call, GATEWAY_ERROR_PROVIDER_QUOTA, retry_in_s(answer));
        return true;
    case 503:
        return answer_provider_error(call, GATEWAY_ERROR_PROVIDER_MAINTENANCE, retry_in_s(answer));
    default:
        return answer_provider_error(call, GATEWAY_ERROR_PROVIDER_INTERNAL, 0);
    }
}

static bool answer_failure(struct call *call, enum err e) {
    if (e == ERR_TIMEOUT) {
        return answer_provider_error(call, GATEWAY_ERROR_PROVIDER_TIMEOUT, 0);
    }
    return answer_provider_error(call,
                                 e == ERR_UNAVAILABLE ? GATEWAY_ERROR_PROVIDER_UNREACHABLE
                                                      : GATEWAY_ERROR_PROVIDER_UNREADABLE,
                                 0);
}

void remote_call(struct remote *remote, struct call *call) {
    const int64_t wait_s = enter(remote);
    if (wait_s > 0) {
        (void)answer_provider_error(call, GATEWAY_ERROR_PROVIDER_BUSY, wait_s);
        return;
    }
    struct http_response answer = {0};
    const char *reason = NULL;
    const enum err e = ask(remote, call, &answer, &reason);
    const bool good = e == ERR_NONE ? answer_status(call, &answer) : answer_failure(call, e);
    if (!good) {
        log_warning(LOG_PROVIDER_FAILED, LOG_TEXT("provider", remote->provider->id),
                    LOG_TEXT("reason", reason != NULL ? reason : "status"),
                    LOG_NUMBER("status", answer.status));
    }
    leave(remote, good);
}
