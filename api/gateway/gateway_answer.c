#include "gateway/gateway_answer.h"

void gateway_answer_send(struct exchange *exchange, const struct gateway_response *response) {
    exchange->response.status = response->status;
    exchange->response.content_type = response->content_type;
    exchange->response.body = response->body;
    exchange->response.body_bytes = response->body_bytes;
    exchange->token_id = response->token_id;
    for (size_t i = 0; i < response->headers_count; i++) {
        response_header(exchange, response->headers[i].name, response->headers[i].value);
    }
}

static bool find_error(enum err err, enum gateway_error_id *id) {
    static const struct {
        enum err err;
        enum gateway_error_id id;
    } ROWS[] = {
        {ERR_BAD_REQUEST, GATEWAY_ERROR_MALFORMED},     {ERR_NOT_FOUND, GATEWAY_ERROR_NOT_FOUND},
        {ERR_METHOD_NOT_ALLOWED, GATEWAY_ERROR_METHOD}, {ERR_NOT_IMPLEMENTED, GATEWAY_ERROR_METHOD},
        {ERR_UNAVAILABLE, GATEWAY_ERROR_UNAVAILABLE},   {ERR_INTERNAL, GATEWAY_ERROR_INTERNAL},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        if (ROWS[i].err == err) {
            *id = ROWS[i].id;
            return true;
        }
    }
    return false;
}

bool gateway_answer_render(struct exchange *exchange, enum err err) {
    enum gateway_error_id id;
    struct gateway_response response;
    if (!text_starts_with(exchange->request.path, "/gateway/") ||
        exchange->services->gateway == NULL || !find_error(err, &id)) {
        return false;
    }
    gateway_refuse(exchange->arena, id, &response);
    gateway_answer_send(exchange, &response);
    return true;
}
