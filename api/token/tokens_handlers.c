#include "base/text.h"
#include "core/siret.h"
#include "token/routes.h"
#include "token/token_acts.h"
#include "token/token_json.h"
#include <string.h>

static bool is_state(const char *text) {
    return strcmp(text, "active") == 0 || strcmp(text, "expired") == 0 ||
           strcmp(text, "revoked") == 0;
}

enum err handle_list_tokens(struct exchange *exchange) {
    const struct token_filter filter = {
        .state = request_query(exchange, "state"),
        .product = request_query(exchange, "product"),
        .siret = siret_read_optional(&exchange->errors, "siret", request_query(exchange, "siret")),
        .request_id = request_query(exchange, "request_id")};
    struct page page;
    const char *json = NULL;
    if (filter.state != NULL && !is_state(filter.state)) {
        exchange_error(exchange, "state", "unknown_value",
                       "Indiquez active, expired ou revoked pour « state ».");
    }
    if (filter.request_id != NULL && !text_is_uuid(filter.request_id)) {
        exchange_error(exchange, "request_id", "invalid_format",
                       "Cet identifiant n’est pas celui d’une demande.");
    }
    if (!request_page_time(exchange, &page)) {
        return ERR_INVALID;
    }
    TRY(field_errors_verdict(&exchange->errors));
    TRY(token_list(&exchange->context, &filter, &page, &json));
    return response_json(exchange, 200, json);
}

enum err handle_get_token(struct exchange *exchange) {
    const char *id = NULL;
    const char *json = NULL;
    int64_t version = 0;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(token_read(&exchange->context, id, &json, &version));
    response_etag(exchange, version);
    return response_json(exchange, 200, json);
}

enum err handle_update_token(struct exchange *exchange) {
    const char *id = NULL;
    const struct value *addresses = NULL;
    int64_t version = 0;
    bool has = false;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(request_if_match(exchange, &version));
    TRY(token_json_read_patch(&exchange->context, exchange->request.json, &addresses, &has));
    TRY(token_set_addresses(&exchange->context, id, version, has ? addresses : NULL));
    return response_answer(exchange);
}

enum err handle_reveal_token(struct exchange *exchange) {
    const char *id = NULL;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(token_reveal(&exchange->context, id));
    return response_secret(exchange);
}

enum err handle_rotate_token(struct exchange *exchange) {
    const char *id = NULL;
    int64_t overlap_days = 0;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(token_json_read_rotation(&exchange->context, exchange->request.json, &overlap_days));
    TRY(token_rotate(&exchange->context, id, overlap_days));
    return response_secret(exchange);
}

enum err handle_revoke_token(struct exchange *exchange) {
    const char *id = NULL;
    const char *reason = NULL;
    int64_t at_ms = 0;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(token_json_read_revocation(&exchange->context, exchange->request.json, &reason, &at_ms));
    TRY(token_revoke(&exchange->context, id, reason, at_ms));
    return response_answer(exchange);
}

enum err handle_withdraw_revocation(struct exchange *exchange) {
    const char *id = NULL;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(token_withdraw_revocation(&exchange->context, id));
    return response_answer(exchange);
}

enum err handle_list_reveals(struct exchange *exchange) {
    const char *id = NULL;
    const char *json = NULL;
    struct page page;
    TRY(request_path_uuid(exchange, "id", &id));
    if (!request_page_number(exchange, &page)) {
        return ERR_INVALID;
    }
    TRY(token_list_reveals(&exchange->context, id, &page, &json));
    return response_json(exchange, 200, json);
}
