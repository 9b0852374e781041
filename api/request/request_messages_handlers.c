/* Messages, notes, history, decisions and changes of a request. */
#include "request/request_json.h"
#include "request/request_messages.h"
#include "request/routes.h"

static const char *id_of(const struct exchange *exchange) {
    return request_path_parameter(exchange, "id");
}

enum err handle_list_events(struct exchange *exchange) {
    struct page page;
    const char *document = NULL;
    if (!request_page_number(exchange, &page)) {
        return ERR_INVALID;
    }
    TRY(request_list_events(&exchange->context, id_of(exchange), &page, &document));
    return response_json(exchange, 200, document);
}

enum err handle_get_changes(struct exchange *exchange) {
    const struct value *document = NULL;
    TRY(request_show_changes(&exchange->context, id_of(exchange), &document));
    return response_value(exchange, 200, document);
}

enum err handle_list_decisions(struct exchange *exchange) {
    struct page page;
    const char *document = NULL;
    if (!request_page_time(exchange, &page)) {
        return ERR_INVALID;
    }
    TRY(request_list_decisions(&exchange->context, id_of(exchange), &page, &document));
    return response_json(exchange, 200, document);
}

enum err handle_list_messages(struct exchange *exchange) {
    struct page page;
    const char *document = NULL;
    if (!request_page_time(exchange, &page)) {
        return ERR_INVALID;
    }
    TRY(message_list(&exchange->context, id_of(exchange), &page, &document));
    return response_json(exchange, 200, document);
}

enum err handle_post_message(struct exchange *exchange) {
    const char *body = NULL;
    TRY(request_json_body(exchange->arena, &exchange->errors, exchange->request.json, &body));
    TRY(message_add(&exchange->context, id_of(exchange), body));
    return response_answer(exchange);
}

enum err handle_mark_messages_read(struct exchange *exchange) {
    const char *message_id = NULL;
    TRY(request_json_id(exchange->arena, &exchange->errors, exchange->request.json, "message_id",
                        false, &message_id));
    TRY(message_mark_read(&exchange->context, id_of(exchange), message_id));
    return response_empty(exchange, 204);
}

enum err handle_list_notes(struct exchange *exchange) {
    struct page page;
    const char *document = NULL;
    if (!request_page_time(exchange, &page)) {
        return ERR_INVALID;
    }
    TRY(note_list(&exchange->context, id_of(exchange), &page, &document));
    return response_json(exchange, 200, document);
}

enum err handle_add_note(struct exchange *exchange) {
    const char *body = NULL;
    TRY(request_json_body(exchange->arena, &exchange->errors, exchange->request.json, &body));
    TRY(note_add(&exchange->context, id_of(exchange), body));
    return response_answer(exchange);
}
