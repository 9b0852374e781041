/* Hands calls over to the gateway. */
#include "gateway/gateway.h"
#include "gateway/gateway_answer.h"
#include "gateway/routes.h"
#include <string.h>

static enum err call(struct exchange *exchange, const char *path) {
    struct gateway *gateway = exchange->services->gateway->gateway;
    struct gateway_pair query[EXCHANGE_QUERY_MAX];
    for (size_t i = 0; i < exchange->request.query_parameters_count; i++) {
        query[i] = (struct gateway_pair){exchange->request.query_parameters[i].name,
                                         exchange->request.query_parameters[i].value};
    }
    struct gateway_response response;
    gateway_run_call(
        gateway, exchange->arena,
        &(struct gateway_request){
            .product = request_path_parameter(exchange, "product"),
            .path = path,
            .query = query,
            .query_count = exchange->request.query_parameters_count,
            .authorization = request_header(exchange, "Authorization"),
            .if_none_match = request_header(exchange, "If-None-Match"),
            .cache_control = request_header(exchange, "Cache-Control"),
            .address = exchange->request.address,
            .hop = exchange->request.hop,
            .request_id = exchange->request_id,
            .traceparent = trace_is_known(&exchange->trace) ? exchange->trace.parent : NULL,
            .started_us = exchange->started_us,
        },
        &response);
    gateway_answer_send(exchange, &response);
    return ERR_NONE;
}

enum err handle_call_gateway(struct exchange *exchange) {
    return call(exchange, request_path_parameter(exchange, "path"));
}

enum err handle_get_privileges(struct exchange *exchange) {
    return call(exchange, "privileges");
}
