#include "gateway/provider/remote.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "core/gateway_port.h"
#include "gateway/answer.h"
#include "gateway/provider/provider.h"
#include "gateway/provider/remote_answer.h"
#include "outbound/client_credentials.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECT_TIMEOUT_MS = 2000, URL_BYTES_MAX = 16 * 1024, HEADERS_MAX = 6 };

struct remote {
    const struct provider *provider;
    struct http_client *client;
    struct client_credentials *oauth2; /* NULL: none */
    pthread_mutex_t lock;              /* guards the members below */
    size_t under_way;
    size_t failures; /* since the last success */
    int64_t open_until_ms;
    int64_t answered_at_ms; /* wall clock, as the next; 0: never */
    int64_t failed_at_ms;
    bool is_open;
    bool is_probing; /* the probe is running */
};

struct remote *remote_new(const struct provider *provider, const struct config *config) {
    struct remote *remote = calloc(1, sizeof *remote);
    if (remote == NULL) {
        abort(); /* at start only */
    }
    remote->provider = provider;
    const struct http_client_options options = {
        .connect_timeout_ms =
            provider->timeout_ms < CONNECT_TIMEOUT_MS ? provider->timeout_ms : CONNECT_TIMEOUT_MS,
        .timeout_ms = provider->timeout_ms,
        .body_bytes_max = REMOTE_ANSWER_BYTES_MAX,
        .config = config,
        .ca_file = provider->ca_file,
        .certificate_file = provider->certificate_file,
        .key_file = provider->key_file,
        .key_password = provider->key_password,
    };
    remote->client = http_client_new(&options);
    if (provider->oauth2 != NULL) {
        remote->oauth2 = client_credentials_new(provider->oauth2, &options);
    }
    (void)pthread_mutex_init(&remote->lock, NULL);
    return remote;
}

void remote_free(struct remote *remote) {
    if (remote != NULL) {
        http_client_free(remote->client);
        client_credentials_free(remote->oauth2);
        (void)pthread_mutex_destroy(&remote->lock);
        free(remote);
    }
}

/* 0: call the provider, `*is_probe` where this is the probe; else how many seconds to wait. */
static int64_t enter(struct remote *remote, bool *is_probe) {
    int64_t wait_s = 0;
    (void)pthread_mutex_lock(&remote->lock);
    const int64_t left_ms = remote->open_until_ms - clock_monotonic_ms();
    if (remote->is_open && (left_ms > 0 || remote->is_probing)) {
        wait_s = left_ms > 0 ? (left_ms + 999) / 1000 : 1;
    } else if (remote->under_way >= REMOTE_UNDER_WAY_MAX) {
        wait_s = 1;
    } else {
        remote->under_way++;
        *is_probe = remote->is_open;
        remote->is_probing = *is_probe;
    }
    (void)pthread_mutex_unlock(&remote->lock);
    return wait_s;
}

/* While the breaker is open only the probe changes its state: calls that were sent before it opened neither
 * close it nor let another probe through. */
static void leave(struct remote *remote, bool is_probe, bool good) {
    (void)pthread_mutex_lock(&remote->lock);
    const bool was_open = remote->is_open;
    remote->under_way--;
    *(good ? &remote->answered_at_ms : &remote->failed_at_ms) = clock_now_ms();
    if (!was_open || is_probe) {
        remote->failures = good ? 0 : remote->failures + 1;
        remote->is_open = remote->failures >= REMOTE_FAILURES_TO_OPEN;
        remote->is_probing = false;
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

/* The endpoint's template with the call's values instead of {…}, then the query. */
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
    for (size_t i = 0; i < call->call_params.count; i++) {
        const struct call_params_value *item = &call->call_params.items[i];
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

/* `authorization`: of an access token; NULL without. */
static enum err send_call(struct remote *remote, const struct call *call, const char *url,
                          const struct cache_lookup *lookup, const char *authorization,
                          struct http_response *response, const char **reason) {
    const struct provider *provider = remote->provider;
    struct http_header headers[HEADERS_MAX] = {
        {"Accept", "application/json"},
        {"User-Agent", "Guichet/" GUICHET_VERSION},
        {"X-Request-ID", call->request->request_id},
    };
    struct http_request request = {
        .method = "GET", .url = url, .headers = headers, .headers_count = 3};
    if (call->request->traceparent != NULL) {
        headers[request.headers_count++] =
            (struct http_header){"traceparent", call->request->traceparent};
    }
    if (provider->credential_header != NULL) {
        headers[request.headers_count++] =
            (struct http_header){provider->credential_header, provider->credential_value};
    }
    if (authorization != NULL) {
        headers[request.headers_count++] = (struct http_header){"Authorization", authorization};
    }
    request.headers_count += remote_answer_condition(lookup, &headers[request.headers_count]);
    return http_client_send(remote->client, call->arena, &request, response, reason);
}

/* A token that the provider refuses may have been revoked there: once more with a new one. */
static enum err ask(struct remote *remote, const struct call *call, const char *url,
                    const struct cache_lookup *lookup, struct http_response *response,
                    const char **reason) {
    const char *authorization = NULL;
    uint64_t number = 0;
    if (remote->oauth2 == NULL) {
        return send_call(remote, call, url, lookup, NULL, response, reason);
    }
    TRY(client_credentials_get(remote->oauth2, call->arena, &authorization, &number, reason));
    TRY(send_call(remote, call, url, lookup, authorization, response, reason));
    if (response->status != 401 || !client_credentials_refuse(remote->oauth2, number)) {
        return ERR_NONE;
    }
    TRY(client_credentials_get(remote->oauth2, call->arena, &authorization, &number, reason));
    return send_call(remote, call, url, lookup, authorization, response, reason);
}

bool remote_call(struct remote *remote, struct call *call) {
    const char *url = make_url(remote, call);
    struct cache_lookup lookup;
    if (url == NULL) {
        return remote_answer_failure(call, ERR_INVALID);
    }
    if (remote_answer_from_cache(call, url, &lookup)) {
        return false;
    }
    bool is_probe = false;
    const int64_t wait_s = enter(remote, &is_probe);
    if (wait_s > 0) {
        return answer_provider_error(call, GATEWAY_ERROR_PROVIDER_BUSY, wait_s);
    }
    struct http_response answer = {0};
    const char *reason = NULL;
    const enum err e = ask(remote, call, url, &lookup, &answer, &reason);
    const bool good =
        e == ERR_NONE ? remote_answer(call, &lookup, &answer) : remote_answer_failure(call, e);
    if (!good) {
        log_warning(LOG_PROVIDER_FAILED, LOG_TEXT("provider", remote->provider->id),
                    LOG_TEXT("request_id", call->request->request_id),
                    LOG_TEXT("reason", reason != NULL ? reason : "status"),
                    LOG_NUMBER("status", answer.status));
    }
    leave(remote, is_probe, good);
    return true;
}

enum err remote_try(struct remote *remote, struct arena *arena, const char **said) {
    const struct provider *provider = remote->provider;
    struct http_header headers[HEADERS_MAX] = {{"User-Agent", "Guichet/" GUICHET_VERSION}};
    struct http_request request = {
        .method = "GET", .url = provider->base_url, .headers = headers, .headers_count = 1};
    struct http_response response = {0};
    uint64_t number = 0;
    if (provider->credential_header != NULL) {
        headers[request.headers_count++] =
            (struct http_header){provider->credential_header, provider->credential_value};
    }
    if (remote->oauth2 != NULL) {
        struct http_header *header = &headers[request.headers_count++];
        header->name = "Authorization";
        TRY(client_credentials_get(remote->oauth2, arena, &header->value, &number, said));
    }
    TRY(http_client_send(remote->client, arena, &request, &response, said));
    *said = arena_printf(arena, "%s answers %d", provider->base_url, response.status);
    if (response.status == 401 || response.status == 403) {
        return ERR_FORBIDDEN;
    }
    return response.status >= 500 ? ERR_UPSTREAM : ERR_NONE;
}
