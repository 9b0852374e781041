/* What is said and remembered about a request. */
#include "domain/request_talk.h"
#include "http/handlers/handlers.h"
#include "wire/request_json.h"

static const char *id_of(const struct exchange *exchange) {
    return request_path_parameter(exchange, "id");
}

enum err requests_list_events(struct exchange *exchange) {
    struct page page;
    const char *document = NULL;
    if (!request_page_number(exchange, &page)) {
        return ERR_INVALID;
    }
    TRY(request_list_events(&exchange->context, id_of(exchange), &page, &document));
    return response_json(exchange, 200, document);
}

enum err requests_changes(struct exchange *exchange) {
    const struct value *document = NULL;
    TRY(request_show_changes(&exchange->context, id_of(exchange), &document));
    return response_value(exchange, 200, document);
}

enum err requests_list_decisions(struct exchange *exchange) {
    struct page page;
    const char *document = NULL;
    if (!request_page_time(exchange, &page)) {
        return ERR_INVALID;
    }
    TRY(request_list_decisions(&exchange->context, id_of(exchange), &page, &document));
    return response_json(exchange, 200, document);
}

enum err messages_list(struct exchange *exchange) {
    struct page page;
    const char *document = NULL;
    if (!request_page_time(exchange, &page)) {
        return ERR_INVALID;
    }
    TRY(message_list(&exchange->context, id_of(exchange), &page, &document));
    return response_json(exchange, 200, document);
}

enum err messages_add(struct exchange *exchange) {
    const char *body = NULL;
    const char *document = NULL;
    TRY(request_json_words(exchange->arena, &exchange->errors, exchange->request.json, &body));
    TRY(message_add(&exchange->context, id_of(exchange), body, &document));
    return response_json(exchange, 201, document);
}

enum err messages_mark_read(struct exchange *exchange) {
    const char *message_id = NULL;
    TRY(request_json_id(exchange->arena, &exchange->errors, exchange->request.json, "message_id",
                        false, &message_id));
    TRY(message_mark_read(&exchange->context, id_of(exchange), message_id));
    return response_empty(exchange, 204);
}

enum err notes_list(struct exchange *exchange) {
    struct page page;
    const char *document = NULL;
    if (!request_page_time(exchange, &page)) {
        return ERR_INVALID;
    }
    TRY(note_list(&exchange->context, id_of(exchange), &page, &document));
    return response_json(exchange, 200, document);
}

enum err notes_add(struct exchange *exchange) {
    const char *body = NULL;
    const char *document = NULL;
    TRY(request_json_words(exchange->arena, &exchange->errors, exchange->request.json, &body));
    TRY(note_add(&exchange->context, id_of(exchange), body, &document));
    return response_json(exchange, 201, document);
}
