#include "program/client_admin.h"
#include "program/client_json.h"
#include "program/routes.h"

enum err handle_list_clients(struct exchange *exchange) {
    struct page page;
    const char *json = NULL;
    if (!request_page_time(exchange, &page)) {
        return ERR_INVALID;
    }
    TRY(client_list(&exchange->context, &page, &json));
    return response_json(exchange, 200, json);
}

enum err handle_create_client(struct exchange *exchange) {
    struct client_creation creation;
    TRY(client_json_read(&exchange->context, exchange->request.json, &creation));
    TRY(client_create(&exchange->context, &creation));
    return response_secret(exchange);
}

enum err handle_get_client(struct exchange *exchange) {
    const char *id = NULL;
    const char *json = NULL;
    int64_t version = 0;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(client_read(&exchange->context, id, &json, &version));
    response_etag(exchange, version);
    return response_json(exchange, 200, json);
}

enum err handle_delete_client(struct exchange *exchange) {
    const char *id = NULL;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(client_delete(&exchange->context, id));
    return response_answer(exchange);
}

enum err handle_add_client_secret(struct exchange *exchange) {
    const char *id = NULL;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(client_add_secret(&exchange->context, id));
    return response_secret(exchange);
}

enum err handle_delete_client_secret(struct exchange *exchange) {
    const char *id = NULL;
    const char *secret_id = NULL;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(request_path_uuid(exchange, "secret_id", &secret_id));
    TRY(client_delete_secret(&exchange->context, id, secret_id));
    return response_answer(exchange);
}
