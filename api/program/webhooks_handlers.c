#include "base/text.h"
#include "program/routes.h"
#include "program/webhook.h"
#include "program/webhook_json.h"

enum err handle_list_webhooks(struct exchange *exchange) {
    struct page page;
    const char *json = NULL;
    if (!request_page_time(exchange, &page)) {
        return ERR_INVALID;
    }
    TRY(webhook_list(&exchange->context, &page, &json));
    return response_json(exchange, 200, json);
}

enum err handle_create_webhook(struct exchange *exchange) {
    struct webhook_creation creation;
    TRY(webhook_json_read(&exchange->context, exchange->request.json, &creation));
    TRY(webhook_create(&exchange->context, &creation));
    return response_secret(exchange);
}

enum err handle_get_webhook(struct exchange *exchange) {
    const char *id = NULL;
    const char *json = NULL;
    int64_t version = 0;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(webhook_read(&exchange->context, id, &json, &version));
    response_etag(exchange, version);
    return response_json(exchange, 200, json);
}

enum err handle_update_webhook(struct exchange *exchange) {
    struct webhook_patch patch;
    const char *id = NULL;
    int64_t version = 0;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(request_if_match(exchange, &version));
    TRY(webhook_json_read_patch(&exchange->context, exchange->request.json, &patch));
    TRY(webhook_update(&exchange->context, id, version, &patch));
    return response_answer(exchange);
}

enum err handle_delete_webhook(struct exchange *exchange) {
    const char *id = NULL;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(webhook_delete(&exchange->context, id));
    return response_answer(exchange);
}

enum err handle_add_webhook_secret(struct exchange *exchange) {
    const char *id = NULL;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(webhook_add_secret(&exchange->context, id));
    return response_secret(exchange);
}

enum err handle_delete_webhook_secret(struct exchange *exchange) {
    const char *id = NULL;
    const char *secret_id = NULL;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(request_path_uuid(exchange, "secret_id", &secret_id));
    TRY(webhook_delete_secret(&exchange->context, id, secret_id));
    return response_answer(exchange);
}

enum err handle_list_webhook_attempts(struct exchange *exchange) {
    const char *event_id = request_query(exchange, "event_id");
    const char *id = NULL;
    const char *json = NULL;
    struct page page;
    TRY(request_path_uuid(exchange, "id", &id));
    if (event_id != NULL && !text_is_uuid(event_id)) {
        exchange_error(exchange, "event_id", "invalid_format",
                       "Cet identifiant n’est pas celui d’un événement.");
    }
    if (!request_page_time(exchange, &page)) {
        return ERR_INVALID;
    }
    TRY(field_errors_verdict(&exchange->errors));
    TRY(webhook_list_attempts(&exchange->context, id, event_id, &page, &json));
    return response_json(exchange, 200, json);
}

enum err handle_replay_webhook(struct exchange *exchange) {
    const char *id = NULL;
    const char *attempt_id = NULL;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(request_path_uuid(exchange, "attempt_id", &attempt_id));
    TRY(webhook_replay(&exchange->context, id, attempt_id));
    return response_answer(exchange);
}
