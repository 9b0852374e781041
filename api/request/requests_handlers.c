#include "request/request.h"
#include "request/request_check.h"
#include "request/request_json.h"
#include "request/request_transfer.h"
#include "request/request_view.h"
#include "request/request_workflow.h"
#include "request/routes.h"
#include <string.h>

static const char *id_of(const struct exchange *exchange) {
    return request_path_parameter(exchange, "id");
}

enum err handle_create_request(struct exchange *exchange) {
    struct request_start start;
    TRY(request_json_start(exchange->arena, &exchange->errors, exchange->request.json, &start));
    TRY(request_create(&exchange->context, &start));
    return response_answer(exchange);
}

static enum err read_filter(struct exchange *exchange, struct request_filter *filter) {
    return request_json_filter(
        exchange->arena, &exchange->errors, exchange->actor.account_id,
        &(struct request_filter_texts){.state = request_query(exchange, "state"),
                                       .product = request_query(exchange, "product"),
                                       .use_case = request_query(exchange, "use_case"),
                                       .siret = request_query(exchange, "siret"),
                                       .words = request_query(exchange, "q"),
                                       .assignee = request_query(exchange, "assignee"),
                                       .relation = request_query(exchange, "relation"),
                                       .sort = request_query(exchange, "sort")},
        filter);
}

/* An export that is being sent; in the arena of its exchange. */
struct sent_export {
    const struct services *services;
    struct request_export export;
};

static enum stream_step write_export(void *state, struct buf *out) {
    struct sent_export *sent = state;
    int64_t rows = 0;
    bool is_over = false;
    ARENA_AUTO(arena);
    if (request_export_next(sent->services, &arena, &sent->export, out, &rows, &is_over) !=
        ERR_NONE) {
        return STREAM_FAILS;
    }
    return is_over ? STREAM_ENDS : STREAM_CONTINUES;
}

static enum err send_csv(struct exchange *exchange, const struct request_filter *filter) {
    TRY(request_export_check(&exchange->context));
    struct sent_export *sent = ARENA_NEW(exchange->arena, struct sent_export);
    *sent = (struct sent_export){
        .services = exchange->services,
        .export = {.identity = context_identity(&exchange->context), .filter = *filter}};
    response_header(exchange, "Content-Disposition", "attachment; filename=\"demandes.csv\"");
    return response_stream_start(exchange, "text/csv; charset=utf-8", write_export, sent, NULL);
}

enum err handle_list_requests(struct exchange *exchange) {
    struct request_filter filter;
    struct page page;
    const char *document = NULL;
    const bool sound = request_page_time(exchange, &page);
    const enum err err = read_filter(exchange, &filter);
    if (!sound || err != ERR_NONE) {
        return ERR_INVALID;
    }
    if (request_wants_csv(exchange)) {
        return send_csv(exchange, &filter);
    }
    TRY(request_list(&exchange->context, &filter, &page, &document));
    return response_json(exchange, 200, document);
}

enum err handle_get_request(struct exchange *exchange) {
    const char *document = NULL;
    int64_t version = 0;
    TRY(request_view_show(&exchange->context, id_of(exchange), &document, &version));
    response_etag(exchange, version);
    return response_json(exchange, 200, document);
}

enum err handle_update_request(struct exchange *exchange) {
    int64_t expected = 0;
    TRY(request_if_match(exchange, &expected));
    TRY(request_update(&exchange->context, id_of(exchange), expected, exchange->request.json));
    return response_answer(exchange);
}

enum err handle_delete_request(struct exchange *exchange) {
    TRY(request_delete(&exchange->context, id_of(exchange)));
    return response_answer(exchange);
}

enum err handle_copy_request(struct exchange *exchange) {
    TRY(request_copy(&exchange->context, id_of(exchange)));
    return response_answer(exchange);
}

enum err handle_transfer_request(struct exchange *exchange) {
    const char *email = NULL;
    TRY(request_json_email(exchange->arena, &exchange->errors, exchange->request.json, &email));
    TRY(request_transfer(&exchange->context, id_of(exchange), email));
    return response_answer(exchange);
}

enum err handle_take_over_request(struct exchange *exchange) {
    TRY(request_takeover_ask(&exchange->context, id_of(exchange)));
    return response_answer(exchange);
}

enum err handle_end_takeover(struct exchange *exchange) {
    const char *reason = NULL;
    TRY(request_json_reason(exchange->arena, &exchange->errors, exchange->request.json, &reason));
    TRY(request_takeover_end(&exchange->context, id_of(exchange), reason));
    return response_answer(exchange);
}

enum err handle_assign_request(struct exchange *exchange) {
    const char *account_id = NULL;
    TRY(request_json_id(exchange->arena, &exchange->errors, exchange->request.json, "account_id",
                        true, &account_id));
    TRY(request_assign(&exchange->context, id_of(exchange), account_id));
    return response_answer(exchange);
}

enum err handle_get_request_checks(struct exchange *exchange) {
    const struct value *document = NULL;
    TRY(request_check_show(&exchange->context, id_of(exchange), &document));
    return response_value(exchange, 200, document);
}
