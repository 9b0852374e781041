/* What the owners of a token see of its calls. */
#include "base/clock.h"
#include "http/slice.h"
#include "product/product.h"
#include "usage/routes.h"
#include "usage/usage.h"
#include "usage/usage_json.h"
#include <string.h>

static enum err answer_csv(struct exchange *exchange, const char *csv) {
    exchange->response.status = 200;
    exchange->response.content_type = "text/csv; charset=utf-8";
    exchange->response.body = csv;
    exchange->response.body_bytes = strlen(csv);
    response_header(exchange, "Content-Disposition", "attachment; filename=\"consommation.csv\"");
    return ERR_NONE;
}

enum err handle_get_usage(struct exchange *exchange) {
    const char *id = NULL;
    const char *text = NULL;
    struct usage_range range;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(usage_json_range(&exchange->errors, request_query(exchange, "window"),
                         request_query(exchange, "from"), request_query(exchange, "to"),
                         clock_now_ms(), &range));
    if (request_wants_csv(exchange)) {
        TRY(usage_read_csv(&exchange->context, id, &range, &text));
        return answer_csv(exchange, text);
    }
    TRY(usage_read(&exchange->context, id, &range, &text));
    return response_json(exchange, 200, text);
}

/* An export that is being sent; in the arena of its exchange. */
struct sent_export {
    const struct services *services;
    struct usage_export export;
};

static enum stream_step write_export(void *state, struct buf *out) {
    struct sent_export *sent = state;
    int64_t rows = 0;
    bool is_over = false;
    ARENA_AUTO(arena);
    if (usage_export_next(sent->services, &arena, &sent->export, out, &rows, &is_over) !=
        ERR_NONE) {
        return STREAM_FAILS;
    }
    return is_over ? STREAM_ENDS : STREAM_CONTINUES;
}

static enum err start_export(struct exchange *exchange, const char *id,
                             const struct usage_call_filter *filter, bool as_json) {
    TRY(usage_check_export(&exchange->context, id));
    struct sent_export *sent = ARENA_NEW(exchange->arena, struct sent_export);
    *sent = (struct sent_export){.services = exchange->services,
                                 .export = {.token_id = id, .filter = *filter, .as_json = as_json}};
    response_header(exchange, "Content-Disposition",
                    as_json ? "attachment; filename=\"appels.json\""
                            : "attachment; filename=\"appels.csv\"");
    return response_stream_start(exchange, as_json ? "application/json" : "text/csv; charset=utf-8",
                                 write_export, sent, NULL);
}

static enum err read_filter(struct exchange *exchange, const char **id,
                            struct usage_call_filter *filter) {
    const struct usage_filter_texts texts = {
        .status = request_query(exchange, "status"),
        .error_code = request_query(exchange, "error_code"),
        .endpoint = request_query(exchange, "endpoint"),
        .request_id = request_query(exchange, "request_id"),
        .from = request_query(exchange, "from"),
        .to = request_query(exchange, "to"),
    };
    TRY(request_path_uuid(exchange, "id", id));
    return usage_json_filter(&exchange->errors, &texts, filter);
}

enum err handle_export_calls(struct exchange *exchange) {
    const char *format = request_query(exchange, "format");
    const bool is_json = format != NULL && strcmp(format, "json") == 0;
    const char *id = NULL;
    struct usage_call_filter filter;
    if (format != NULL && !is_json && strcmp(format, "csv") != 0) {
        exchange_error(exchange, "format", "unknown_value", "Choisissez csv ou json.");
    }
    TRY(read_filter(exchange, &id, &filter));
    return start_export(exchange, id, &filter, is_json);
}

enum err handle_list_calls(struct exchange *exchange) {
    const char *id = NULL;
    const char *json = NULL;
    int64_t limit = 0;
    struct usage_call_filter filter;
    (void)request_limit(exchange, &limit);
    TRY(read_filter(exchange, &id, &filter));
    if (request_wants_csv(exchange)) {
        return start_export(exchange, id, &filter, false);
    }
    TRY(usage_read_calls(&exchange->context, id, &filter, request_query(exchange, "cursor"), limit,
                         &json));
    return response_json(exchange, 200, json);
}

enum err handle_get_limits(struct exchange *exchange) {
    const char *id = NULL;
    struct value *limits = NULL;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(usage_read_limits(&exchange->context, id, &limits));
    return response_value(exchange, 200, limits);
}

enum err handle_get_alerts(struct exchange *exchange) {
    const char *id = NULL;
    const char *json = NULL;
    int64_t version = 0;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(usage_read_alerts(&exchange->context, id, &json, &version));
    response_etag(exchange, version);
    return response_json(exchange, 200, json);
}

enum err handle_set_alerts(struct exchange *exchange) {
    const char *id = NULL;
    const struct value *alerts = NULL;
    int64_t if_match = -1;
    TRY(request_path_uuid(exchange, "id", &id));
    if (request_header(exchange, "If-Match") != NULL) {
        TRY(request_if_match(exchange, &if_match));
    }
    TRY(usage_json_alerts(exchange->arena, &exchange->errors, exchange->request.json, &alerts));
    TRY(usage_set_alerts(&exchange->context, id, if_match, alerts));
    return response_answer(exchange);
}

enum err handle_post_calls(struct exchange *exchange) {
    const struct value *calls = NULL;
    int64_t accepted = 0;
    TRY(usage_json_calls(exchange->arena, &exchange->errors, exchange->request.json,
                         exchange->services->config->call_details_days, clock_now_ms(), &calls));
    TRY(usage_post_calls(&exchange->context, calls, &accepted));
    struct value *answer = value_object(exchange->arena);
    value_set(answer, "accepted", value_integer(exchange->arena, accepted));
    value_set(answer, "duplicates",
              value_integer(exchange->arena, (int64_t)value_count(calls) - accepted));
    return response_value(exchange, 200, answer);
}

enum err handle_list_opened_endpoints(struct exchange *exchange) {
    const char *id = NULL;
    const char *product_id = NULL;
    struct value *paths = NULL;
    struct slice slice;
    TRY(request_path_uuid(exchange, "id", &id));
    if (!slice_start(exchange, &slice)) {
        return ERR_INVALID;
    }
    TRY(usage_read_endpoints(&exchange->context, id, &product_id, &paths));
    const struct product *product = products_find(exchange->services->products, product_id);
    const struct value *endpoints =
        product == NULL ? NULL : value_get(product->endpoints, "endpoints");
    for (size_t i = 0; i < value_count(endpoints); i++) {
        const struct value *endpoint = value_item(endpoints, i);
        if (value_has_text(paths, value_get_text(endpoint, "path"))) {
            slice_add(&slice, value_copy(exchange->arena, endpoint));
        }
    }
    return slice_answer(exchange, &slice);
}
