/* Templates of reasons and saved filters. */
#include "request/instruction.h"
#include "request/instruction_json.h"
#include "request/routes.h"
#include <string.h>

static const char *product_of(const struct exchange *exchange) {
    return request_path_parameter(exchange, "product");
}

static const char *template_of(const struct exchange *exchange) {
    return request_path_parameter(exchange, "template_id");
}

enum err handle_list_templates(struct exchange *exchange) {
    const char *outcome = request_query(exchange, "outcome");
    const char *document = NULL;
    int64_t limit = 0;
    if (outcome != NULL && strcmp(outcome, "approve") != 0 && strcmp(outcome, "refuse") != 0 &&
        strcmp(outcome, "request_changes") != 0 && strcmp(outcome, "revoke") != 0) {
        exchange_error(exchange, "outcome", "unknown_value", "Cette décision n’existe pas.");
    }
    if (!request_limit(exchange, &limit) || exchange->errors.count > 0) {
        return ERR_INVALID;
    }
    const struct page page = page_of_key(limit, request_query(exchange, "cursor"));
    TRY(decision_template_list(&exchange->context, product_of(exchange), outcome, &page,
                               &document));
    return response_json(exchange, 200, document);
}

enum err handle_create_template(struct exchange *exchange) {
    struct decision_template input;
    TRY(instruction_json_template(exchange->arena, &exchange->errors, exchange->request.json, false,
                                  &input));
    TRY(decision_template_create(&exchange->context, product_of(exchange), &input));
    return response_answer(exchange);
}

enum err handle_update_template(struct exchange *exchange) {
    struct decision_template input;
    int64_t expected = 0;
    TRY(request_if_match(exchange, &expected));
    TRY(instruction_json_template(exchange->arena, &exchange->errors, exchange->request.json, true,
                                  &input));
    TRY(decision_template_update(&exchange->context, product_of(exchange), template_of(exchange),
                                 expected, &input));
    return response_answer(exchange);
}

enum err handle_delete_template(struct exchange *exchange) {
    TRY(decision_template_delete(&exchange->context, product_of(exchange), template_of(exchange)));
    return response_answer(exchange);
}

enum err handle_list_saved_filters(struct exchange *exchange) {
    const char *document = NULL;
    int64_t limit = 0;
    if (!request_limit(exchange, &limit)) {
        return ERR_INVALID;
    }
    const struct page page = page_of_key(limit, request_query(exchange, "cursor"));
    TRY(saved_filter_list(&exchange->context, &page, &document));
    return response_json(exchange, 200, document);
}

enum err handle_save_filter(struct exchange *exchange) {
    const char *name = NULL;
    const struct value *query = NULL;
    TRY(instruction_json_filter(exchange->arena, &exchange->errors, exchange->request.json, &name,
                                &query));
    TRY(saved_filter_create(&exchange->context, name, query));
    return response_answer(exchange);
}

enum err handle_delete_saved_filter(struct exchange *exchange) {
    TRY(saved_filter_delete(&exchange->context, request_path_parameter(exchange, "filter_id")));
    return response_empty(exchange, 204);
}
