#include "gateway/provider/remote_answer.h"
#include "base/clock.h"
#include "base/text.h"
#include "gateway/answer.h"
#include "gateway/provider/provider.h"
#include <inttypes.h>
#include <string.h>
#include <strings.h>

enum { RETRY_IN_MOST_S = 86400 };

static void answer_seconds(struct call *call, const char *name, int64_t ms) {
    answer_header(call->response, name,
                  arena_printf(call->arena, "%" PRId64, ms > 0 ? ms / 1000 : 0));
}

/* The caller may cache the answer as long, privately. */
static void tell_freshness(struct call *call, bool from_cache, int64_t age_ms, int64_t left_ms) {
    answer_header(call->response, "Cache-Control",
                  left_ms > 0
                      ? arena_printf(call->arena, "private, max-age=%" PRId64, left_ms / 1000)
                      : "private, no-cache");
    answer_header(call->response, "X-Response-Cached", from_cache ? "true" : "false");
    answer_seconds(call, "X-Cache-Expires-in", left_ms);
    if (from_cache) {
        answer_seconds(call, "Age", age_ms);
    }
}

static void pass_on(struct call *call, const struct http_response *answer) {
    static const char *const PASSED[] = {"Last-Modified", "ETag", "Content-Language",
                                         "Content-Disposition", "Link"};
    call->response->status = answer->status;
    call->response->content_type = http_response_find(answer, "Content-Type");
    call->response->body = answer->body;
    call->response->body_bytes = answer->body_bytes;
    for (size_t i = 0; i < sizeof PASSED / sizeof PASSED[0]; i++) {
        const char *value = http_response_find(answer, PASSED[i]);
        if (value != NULL) {
            answer_header(call->response, PASSED[i], value);
        }
    }
}

/* 304 where the caller has this answer. */
static void pass_on_data(struct call *call, const struct http_response *answer) {
    pass_on(call, answer);
    if (etag_is_listed(call->request->if_none_match, http_response_find(answer, "ETag"))) {
        call->response->status = 304;
        call->response->content_type = NULL;
        call->response->body = NULL;
        call->response->body_bytes = 0;
    }
}

/* An error page of a proxy before the provider is not the provider's answer. */
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

/* Not found, or not to be disclosed: the provider's body where it sent one. */
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

/* --- cache */

bool remote_answer_from_cache(struct call *call, const char *url, struct cache_lookup *out) {
    *out = (struct cache_lookup){.url = url};
    cache_demand_read(call->request->cache_control, &out->demand);
    out->is_found =
        answer_cache_find(call->gateway->answers, call->arena, call->row->id, url, &out->cached);
    const bool good = out->is_found && !out->demand.must_ask && out->cached.fresh_left_ms > 0 &&
                      out->cached.age_ms / 1000 <= out->demand.age_most_s;
    if (good) {
        atomic_fetch_add_explicit(&call->gateway->from_cache, 1, memory_order_relaxed);
        pass_on_data(call, &out->cached.response);
        tell_freshness(call, true, out->cached.age_ms, out->cached.fresh_left_ms);
    }
    return good;
}

size_t remote_answer_condition(const struct cache_lookup *lookup, struct http_header *out) {
    if (!lookup->is_found) {
        return 0;
    }
    const char *etag = http_response_find(&lookup->cached.response, "ETag");
    const char *date = http_response_find(&lookup->cached.response, "Last-Modified");
    *out = etag != NULL ? (struct http_header){"If-None-Match", etag}
                        : (struct http_header){"If-Modified-Since", date};
    return etag != NULL || date != NULL ? 1 : 0;
}

/* Not modified: the cached answer is fresh again. */
static bool answer_unchanged(struct call *call, const struct cache_lookup *lookup,
                             const struct http_response *answer) {
    struct answer_cache *cache = call->gateway->answers;
    struct freshness freshness;
    freshness_read(answer, clock_now_ms(), &freshness);
    if (http_response_find(answer, "Cache-Control") == NULL &&
        http_response_find(answer, "Expires") == NULL) {
        freshness.fresh_ms = lookup->cached.fresh_ms; /* as the provider said before */
        freshness.is_storable = true;
    }
    if (freshness.is_storable) {
        answer_cache_refresh(cache, lookup->cached.owner, lookup->url, &freshness);
    } else {
        answer_cache_forget(cache, call->row->id, lookup->url);
    }
    pass_on_data(call, &lookup->cached.response);
    tell_freshness(call, true, freshness.age_ms, freshness.fresh_ms - freshness.age_ms);
    return true;
}

/* Caches the answer where that is allowed; drops the former one. */
static bool answer_data(struct call *call, const struct cache_lookup *lookup,
                        const struct http_response *answer) {
    struct answer_cache *cache = call->gateway->answers;
    struct freshness freshness;
    if (http_response_find(answer, "Content-Type") == NULL) {
        return answer_provider_error(call, GATEWAY_ERROR_PROVIDER_UNREADABLE, 0);
    }
    freshness_read(answer, clock_now_ms(), &freshness);
    answer_cache_forget(cache, call->row->id, lookup->url);
    pass_on_data(call, answer);
    if (freshness.is_storable && !lookup->demand.must_not_store) {
        answer_cache_store(cache, call->row->id, lookup->url, answer, &freshness);
        tell_freshness(call, false, freshness.age_ms, freshness.fresh_ms - freshness.age_ms);
    }
    return true;
}

/* Seconds of Retry-After; 0 where it is missing or a date. */
static int64_t retry_in_s(const struct http_response *answer) {
    const char *text = http_response_find(answer, "Retry-After");
    int64_t seconds = 0;
    return text != NULL && text_parse_integer(text, 0, RETRY_IN_MOST_S, &seconds) ? seconds : 0;
}

bool remote_answer(struct call *call, const struct cache_lookup *lookup,
                   const struct http_response *answer) {
    if (answer->status == 404 || answer->status == 410 || answer->status == 451) {
        answer_cache_forget(call->gateway->answers, call->row->id, lookup->url);
    }
    switch (answer->status) {
    case 200:
        return answer_data(call, lookup, answer);
    case 304:
        return lookup->is_found ? answer_unchanged(call, lookup, answer)
                                : answer_provider_error(call, GATEWAY_ERROR_PROVIDER_INTERNAL, 0);
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

bool remote_answer_failure(struct call *call, enum err err) {
    if (err == ERR_TIMEOUT) {
        return answer_provider_error(call, GATEWAY_ERROR_PROVIDER_TIMEOUT, 0);
    }
    if (err == ERR_BAD_CREDENTIALS) {
        return answer_provider_error(call, GATEWAY_ERROR_PROVIDER_CREDENTIALS, 0);
    }
    return answer_provider_error(call,
                                 err == ERR_UNAVAILABLE ? GATEWAY_ERROR_PROVIDER_UNREACHABLE
                                                        : GATEWAY_ERROR_PROVIDER_UNREADABLE,
                                 0);
}
