#include "token/routes.h"
#include "token/token_json.h"
#include "token/token_share.h"

enum err handle_list_shares(struct exchange *exchange) {
    const char *id = NULL;
    const char *json = NULL;
    struct page page;
    TRY(request_path_uuid(exchange, "id", &id));
    if (!request_page_time(exchange, &page)) {
        return ERR_INVALID;
    }
    TRY(token_share_read_all(&exchange->context, id, &page, &json));
    return response_json(exchange, 200, json);
}

enum err handle_share_token(struct exchange *exchange) {
    const char *id = NULL;
    const char *email = NULL;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(token_json_read_share(&exchange->context, exchange->request.json, &email));
    TRY(token_share_send(&exchange->context, id, email));
    return response_answer(exchange);
}

enum err handle_cancel_share(struct exchange *exchange) {
    const char *id = NULL;
    const char *share_id = NULL;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(request_path_uuid(exchange, "share_id", &share_id));
    TRY(token_share_withdraw(&exchange->context, id, share_id));
    return response_answer(exchange);
}

enum err handle_redeem_share(struct exchange *exchange) {
    const char *secret = NULL;
    TRY(token_json_read_redemption(&exchange->context, exchange->request.json, &secret));
    TRY(token_share_open(&exchange->context, secret));
    return response_secret(exchange);
}
