/* What moves a request from state to state. */
#include "request/prolongation.h"
#include "request/request_act.h"
#include "request/request_json.h"
#include "request/request_messages.h"
#include "request/request_view.h"
#include "request/routes.h"

static const char *id_of(const struct exchange *exchange) {
    return request_path_parameter(exchange, "id");
}

/* Does it and answers with the request as it is then. */
static enum err act(struct exchange *exchange, struct request_act asked) {
    asked.answer = REQUEST_ANSWERS_REQUEST;
    TRY(request_act(&exchange->context, id_of(exchange), &asked));
    return response_answer(exchange);
}

enum err handle_submit_request(struct exchange *exchange) {
    return act(exchange, (struct request_act){.event = EVENT_SUBMIT});
}

enum err handle_archive_request(struct exchange *exchange) {
    return act(exchange, (struct request_act){.event = EVENT_ARCHIVE});
}

enum err handle_reopen_request(struct exchange *exchange) {
    return act(exchange, (struct request_act){.event = EVENT_REOPEN});
}

/* The version that was read and is judged. */
static enum err read_version(struct exchange *exchange, struct request_act *asked) {
    int64_t version = 0;
    TRY(request_if_read(exchange, &version));
    asked->if_version = nullable_int(version);
    return ERR_NONE;
}

/* With an optional reason, on the version that was read. */
static enum err act_on_read(struct exchange *exchange, enum request_event event) {
    struct request_act asked = {.event = event};
    TRY(read_version(exchange, &asked));
    TRY(request_json_reason(exchange->arena, &exchange->errors, exchange->request.json,
                            &asked.reason));
    return act(exchange, asked);
}

enum err handle_cancel_reopening(struct exchange *exchange) {
    return act_on_read(exchange, EVENT_CANCEL_REOPENING);
}

enum err handle_decline_approval(struct exchange *exchange) {
    return act_on_read(exchange, EVENT_DECLINE);
}

enum err handle_confirm_approval(struct exchange *exchange) {
    struct request_act asked = {.event = EVENT_CONFIRM, .answer = REQUEST_ANSWERS_DECISION};
    TRY(read_version(exchange, &asked));
    TRY(request_act(&exchange->context, id_of(exchange), &asked));
    return response_answer(exchange);
}

enum err handle_decide_request(struct exchange *exchange) {
    struct request_act asked;
    int64_t version = 0;
    TRY(request_if_read(exchange, &version));
    TRY(request_json_decision(exchange->arena, &exchange->errors, exchange->request.json, &asked));
    asked.if_version = nullable_int(version);
    asked.answer = REQUEST_ANSWERS_DECISION;
    TRY(request_act(&exchange->context, id_of(exchange), &asked));
    return response_answer(exchange);
}

/* The mail that this decision would send, with nothing done. */
enum err handle_preview_decision(struct exchange *exchange) {
    const struct services *services = exchange->services;
    struct request_act asked;
    struct request_preview preview;
    const char *subject = NULL;
    const char *text = NULL;
    TRY(request_json_decision(exchange->arena, &exchange->errors, exchange->request.json, &asked));
    TRY(request_act_preview(&exchange->context, id_of(exchange), &asked, &preview));
    TRY(services->mail_render(services, exchange->arena, preview.template, preview.data, &subject,
                              &text));
    struct value *to = value_array(exchange->arena);
    struct value *document = value_object(exchange->arena);
    for (size_t i = 0; i < preview.told.count; i++) {
        value_push(to, value_text(exchange->arena, preview.told.items[i].email));
    }
    value_set(document, "to", to);
    value_set_text(exchange->arena, document, "subject", subject);
    value_set_text(exchange->arena, document, "text", text);
    return response_value(exchange, 200, document);
}

enum err handle_prolong_token(struct exchange *exchange) {
    const char *id = NULL;
    struct prolongation_answers answers;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(prolongation_read(&exchange->context, exchange->request.json, &answers));
    TRY(prolongation_run(&exchange->context, id, &answers));
    return response_answer(exchange);
}
