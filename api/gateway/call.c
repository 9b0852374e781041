/* One call: call_run alone states the order of the checks. */
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "gateway/answer.h"
#include "gateway/provider/forward.h"
#include <string.h>
#include <strings.h>

enum { RECORDED_BYTES_MAX = 255, RETRY_UNAVAILABLE_S = 5 };

static bool answer_unavailable(struct call *call) {
    answer_header(call->response, "Retry-After",
                  arena_printf(call->arena, "%d", RETRY_UNAVAILABLE_S));
    return answer_error(call, GATEWAY_ERROR_UNAVAILABLE);
}

/* Looks like a JWT: three segments, the first a JSON object. Such a value is not logged, whatever the
 * parameter's name. */
static bool looks_like_token(const char *text) {
    return strncmp(text, "eyJ", 3) == 0 && strchr(text, '.') != NULL &&
           strchr(text, '.') != strrchr(text, '.') && strchr(text, ' ') == NULL;
}

static bool is_token_pair(const struct gateway_pair *pair) {
    static const char *const NAMES[] = {"token", "access_token", "jwt", "jeton", "api_key"};
    bool is_token = looks_like_token(pair->value);
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0] && !is_token; i++) {
        is_token = strcasecmp(pair->name, NAMES[i]) == 0;
    }
    return is_token;
}

static bool check_token_not_in_query(struct call *call) {
    for (size_t i = 0; i < call->request->query_count; i++) {
        if (is_token_pair(&call->request->query[i])) {
            return answer_error_at(call, GATEWAY_ERROR_TOKEN_IN_QUERY, "parameter",
                                   call->request->query[i].name);
        }
    }
    return true;
}

static bool check_caller(struct call *call) {
    struct gateway *gateway = call->gateway;
    if (gateway->bad_token_limiter == NULL) {
        return true;
    }
    const int64_t wait_s = bad_token_limiter_blocked_s(gateway->bad_token_limiter,
                                                       call->request->hop, clock_monotonic_ms());
    if (wait_s == 0) {
        return true;
    }
    atomic_fetch_add_explicit(&gateway->limited, 1, memory_order_relaxed);
    answer_header(call->response, "Retry-After", text_of_integer(call->arena, wait_s));
    return answer_error(call, GATEWAY_ERROR_TOO_MANY_BAD);
}

static bool refuse_token(struct call *call, bool was_sent) {
    struct gateway *gateway = call->gateway;
    atomic_fetch_add_explicit(&gateway->bad_tokens, 1, memory_order_relaxed);
    if (was_sent) {
        log_info(LOG_BAD_TOKEN,
                 LOG_TEXT("ip", call->request->address == NULL ? "" : call->request->address));
        if (gateway->bad_token_limiter != NULL) {
            bad_token_limiter_add(gateway->bad_token_limiter, call->request->hop,
                                  clock_monotonic_ms());
        }
    }
    return answer_error_at(call, GATEWAY_ERROR_BAD_TOKEN, "header", "Authorization");
}

/* "Bearer x" (RFC 6750), with as many blanks as somebody wrote; NULL for anything else. */
static const char *bearer_of(const char *authorization) {
    return authorization != NULL && strncasecmp(authorization, "Bearer ", 7) == 0
               ? authorization + 7 + strspn(authorization + 7, " ")
               : NULL;
}

static bool is_former(const struct verified *verified) {
    return verified->former_system != 0;
}

/* Does the string name the product that is called? That of a former system may name none. */
static bool names_product(const struct call *call, const struct verified *verified) {
    return strcmp(verified->aud, call->request->product) == 0 ||
           (is_former(verified) && *verified->aud == '\0');
}

/* A string of a former system is good for tokens that were listed, and where its product is called. */
static bool is_listed(const struct call *call, const struct verified *verified) {
    return call->row->former_system == verified->former_system &&
           strcmp(call->row->product, call->request->product) == 0;
}

/* A failure of this program, which says nothing of the token. */
static bool says_nothing(enum err err) {
    return err == ERR_UNAVAILABLE || err == ERR_INTERNAL;
}

static bool answer_failure(struct call *call, enum err err) {
    return err == ERR_INTERNAL ? answer_error(call, GATEWAY_ERROR_INTERNAL)
                               : answer_unavailable(call);
}

static bool check_token(struct call *call, struct verified *verified) {
    struct gateway *gateway = call->gateway;
    const char *token = bearer_of(call->request->authorization);
    if (token == NULL) {
        return refuse_token(call, call->request->authorization != NULL);
    }
    const enum err err = verifier_check(gateway->verifier, call->arena, token, verified);
    if (says_nothing(err)) {
        return answer_failure(call, err);
    }
    if (err != ERR_NONE || !names_product(call, verified)) {
        return refuse_token(call, true);
    }
    call->product = catalogue_find(&gateway->catalogue, call->request->product);
    const enum err found = token_cache_get(gateway->tokens, verified->jti, &call->row);
    if (says_nothing(found)) {
        return answer_failure(call, found);
    }
    return (found == ERR_NONE && call->product != NULL &&
            (!is_former(verified) || is_listed(call, verified))) ||
           refuse_token(call, true);
}

/* The string is newer than the cached row: the notification of its rotation has not arrived. */
static void renew_older_row(struct call *call, int64_t string_number) {
    struct token_cache *tokens = call->gateway->tokens;
    struct token_snapshot *row = NULL;
    if (string_number <= call->row->string_number) {
        return;
    }
    token_cache_renew(tokens, call->row->id);
    if (token_cache_get(tokens, call->row->id, &row) == ERR_NONE) {
        token_snapshot_release(call->row);
        call->row = row;
    }
}

static bool check_revocation(struct call *call, const struct verified *verified, int64_t now_ms) {
    renew_older_row(call, verified->string_number);
    const enum token_string_state state =
        is_former(verified)
            ? token_snapshot_former_state(call->row, now_ms)
            : token_snapshot_string_state(call->row, verified->string_number, now_ms);
    if (state == TOKEN_STRING_REPLACED || token_snapshot_is_revoked(call->row, now_ms)) {
        return answer_error_at(call, GATEWAY_ERROR_REVOKED, "header", "Authorization");
    }
    token_cache_mark(call->gateway->tokens, call->row->id, state, now_ms);
    return true;
}

static bool check_address(struct call *call) {
    return token_snapshot_allows(call->row, call->request->address) ||
           answer_error(call, GATEWAY_ERROR_ADDRESS);
}

static bool check_rate(struct call *call) {
    struct arena *arena = call->arena;
    struct limiter_verdict verdict;
    limiter_take(call->gateway->limiter, call->row->id,
                 call->endpoint == NULL ? call->product->other_limit : call->endpoint->limit,
                 &verdict);
    answer_header(call->response, "RateLimit-Limit", text_of_integer(arena, verdict.limit));
    answer_header(call->response, "RateLimit-Remaining", text_of_integer(arena, verdict.remaining));
    answer_header(call->response, "RateLimit-Reset", text_of_integer(arena, verdict.reset_at_s));
    if (verdict.allowed) {
        return true;
    }
    atomic_fetch_add_explicit(&call->gateway->limited, 1, memory_order_relaxed);
    answer_header(call->response, "Retry-After", text_of_integer(arena, verdict.retry_after_s));
    return answer_error(call, GATEWAY_ERROR_TOO_MANY);
}

static bool check_expiry(struct call *call, int64_t now_ms) {
    return now_ms < call->row->expires_at_ms ||
           answer_error_at(call, GATEWAY_ERROR_EXPIRED, "header", "Authorization");
}

static bool check_endpoint(struct call *call) {
    return call->endpoint != NULL || call->is_privileges ||
           answer_error(call, GATEWAY_ERROR_NOT_FOUND);
}

static void find_endpoint(struct call *call) {
    call->is_privileges = strcmp(call->request->path, "privileges") == 0;
    if (!call->is_privileges) {
        call->endpoint =
            catalogue_match(call->product, call->arena, call->request->path, call->path_values);
    }
    for (size_t i = 0; i < call->request->query_count; i++) {
        const struct gateway_pair *pair = &call->request->query[i];
        const char **member = strcmp(pair->name, "context") == 0     ? &call->context
                              : strcmp(pair->name, "object") == 0    ? &call->object
                              : strcmp(pair->name, "recipient") == 0 ? &call->recipient
                                                                     : NULL;
        if (member != NULL && *member == NULL) {
            *member = pair->value;
        }
    }
}

static void answer_privileges(struct call *call) {
    struct arena *arena = call->arena;
    struct value *data = value_object(arena);
    struct value *document = value_object(arena);
    value_set(data, "privileges",
              scope_names_list(&call->gateway->catalogue.scopes, arena, &call->row->scopes));
    value_set(data, "endpoints", catalogue_list_opened(call->product, arena, &call->row->scopes));
    value_set(document, "data", data);
    answer_json(arena, call->response, 200, document);
}

/* Cuts the text to a number of bytes, between characters. */
static const char *shorten(struct arena *arena, const char *text) {
    if (text == NULL || strlen(text) <= RECORDED_BYTES_MAX) {
        return text;
    }
    size_t length = RECORDED_BYTES_MAX;
    while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80) {
        length--;
    }
    return arena_strndup(arena, text, length);
}

static void begin_member(struct buf *out, const char *name) {
    buf_putc(out, out->length == 0 ? '{' : ',');
    json_write_text(out, name);
    buf_putc(out, ':');
}

/* The parameters of path and query as a JSON object of texts; NULL for none. */
static const char *render_params(struct call *call) {
    const struct endpoint *endpoint = call->endpoint;
    struct buf out;
    if (endpoint == NULL) {
        return NULL;
    }
    buf_init(&out, call->arena, SIZE_MAX / 2);
    for (size_t i = 0; i < endpoint->path_parameters_count; i++) {
        begin_member(&out, endpoint->path_parameters[i].name);
        json_write_text(&out, shorten(call->arena, call->path_values[i]));
    }
    for (size_t i = endpoint->path_parameters_count; i < call->call_params.count; i++) {
        const struct call_params_value *value = &call->call_params.items[i];
        begin_member(&out, value->parameter->name);
        json_write_text(&out, value->value);
    }
    if (out.length == 0) {
        return NULL;
    }
    buf_putc(&out, '}');
    return buf_text(&out);
}

static void record(struct call *call) {
    const struct gateway_request *request = call->request;
    call_log_add(call->gateway->log,
                 &(struct call_row){
                     .at_ms = clock_now_ms(),
                     .token_id = call->row->id,
                     .endpoint = call->is_privileges      ? "/privileges"
                                 : call->endpoint == NULL ? NULL
                                                          : call->endpoint->path,
                     .params = render_params(call),
                     .context = shorten(call->arena, call->context),
                     .object = shorten(call->arena, call->object),
                     .recipient = shorten(call->arena, call->recipient),
                     .status = call->response->status,
                     .error_code = call->error_code,
                     .duration_us = clock_monotonic_us() - request->started_us,
                     .provider_us = call->provider_us,
                     .request_id = request->request_id,
                     .address = request->address,
                     .is_sandbox = call->is_sandbox,
                 });
}

/* The checks from the token's row on. Every answer from here on is logged. */
static void run_known(struct call *call, const struct verified *verified) {
    const int64_t now_ms = clock_now_ms();
    find_endpoint(call);
    if (check_revocation(call, verified, now_ms) && check_address(call) && check_rate(call) &&
        check_expiry(call, now_ms) && check_endpoint(call) && call_check_request(call)) {
        if (call->is_privileges) {
            answer_privileges(call);
        } else {
            forward_call(call);
        }
    }
    record(call);
    call->response->token_id = arena_strdup(call->arena, call->row->id);
}

void call_run(struct call *call) {
    struct verified verified = {0};
    atomic_fetch_add_explicit(&call->gateway->calls, 1, memory_order_relaxed);
    call->provider_us = -1;
    if (check_token_not_in_query(call) && check_caller(call) && check_token(call, &verified)) {
        run_known(call, &verified);
    }
    call_metrics_count(call->gateway->call_metrics, call->product, call->endpoint,
                       call->response->status);
    token_snapshot_release(call->row);
}
