/* Accounts of others. */
#include "account/account_admin.h"
#include "account/account_json.h"
#include "account/routes.h"
#include "base/text.h"
#include "core/search.h"

static enum err path_id(struct exchange *exchange, const char **id) {
    *id = request_path_parameter(exchange, "id");
    return text_is_uuid(*id) ? ERR_NONE : ERR_NOT_FOUND;
}

enum err handle_list_accounts(struct exchange *exchange) {
    struct page page;
    const char *document = NULL;
    const char *words = search_read_words(&exchange->errors, "q", request_query(exchange, "q"));
    if (request_query(exchange, "q") == NULL) {
        exchange_error(exchange, "q", "required", "Dites qui vous cherchez.");
    }
    if (!request_page_time(exchange, &page)) {
        return ERR_INVALID;
    }
    TRY(field_errors_verdict(&exchange->errors));
    TRY(account_admin_search(&exchange->context, words, &page, &document));
    return response_json(exchange, 200, document);
}

enum err handle_get_account_of(struct exchange *exchange) {
    const char *id = NULL;
    const char *document = NULL;
    int64_t version = 0;
    TRY(path_id(exchange, &id));
    TRY(account_admin_read(&exchange->context, id, &document, &version));
    response_etag(exchange, version);
    return response_json(exchange, 200, document);
}

enum err handle_suspend_account(struct exchange *exchange) {
    struct suspension suspension;
    const char *id = NULL;
    TRY(path_id(exchange, &id));
    TRY(account_json_read_suspension(exchange->arena, &exchange->errors, exchange->request.json,
                                     &suspension));
    TRY(account_admin_suspend(&exchange->context, id, &suspension));
    return response_answer(exchange);
}

enum err handle_lift_suspension(struct exchange *exchange) {
    const char *id = NULL;
    const char *reason = NULL;
    TRY(path_id(exchange, &id));
    TRY(account_json_read_reason(exchange->arena, &exchange->errors, exchange->request.json, false,
                                 &reason));
    TRY(account_admin_lift(&exchange->context, id, reason));
    return response_answer(exchange);
}

enum err handle_end_sessions_of(struct exchange *exchange) {
    const char *id = NULL;
    TRY(path_id(exchange, &id));
    TRY(account_admin_end_sessions(&exchange->context, id));
    return response_answer(exchange);
}

enum err handle_reset_second_factor_of(struct exchange *exchange) {
    const char *id = NULL;
    const char *reason = NULL;
    TRY(path_id(exchange, &id));
    TRY(account_json_read_reason(exchange->arena, &exchange->errors, exchange->request.json, true,
                                 &reason));
    TRY(account_admin_reset_factor(&exchange->context, id, reason));
    return response_answer(exchange);
}

enum err handle_cancel_second_factor_reset(struct exchange *exchange) {
    const char *id = NULL;
    TRY(path_id(exchange, &id));
    TRY(account_admin_cancel_reset(&exchange->context, id));
    return response_answer(exchange);
}
