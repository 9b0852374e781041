/* Log-in and log-out. */
#include "account/account_json.h"
#include "account/federated_login.h"
#include "account/login_cookies.h"
#include "account/routes.h"
#include "http/session_cookie.h"

enum err handle_log_in(struct exchange *exchange) {
    struct credentials credentials;
    const struct login_browser browser = login_cookies_read(exchange);
    struct login_cookies cookies;
    TRY(account_json_read_login(exchange->arena, &exchange->errors, exchange->request.json,
                                &credentials));
    TRY(login_by_password(&exchange->context, credentials.email, credentials.password, &browser,
                          &cookies));
    login_cookies_set(exchange, &cookies);
    return response_answer(exchange);
}

enum err handle_get_session(struct exchange *exchange) {
    const char *document = NULL;
    response_header(exchange, "Cache-Control", "no-store");
    if (exchange->actor.kind != ACTOR_ACCOUNT) {
        return response_json(exchange, 200,
                             "{\"account\":null,\"memberships\":[],\"csrf_token\":null}");
    }
    TRY(login_read_session(&exchange->context, &document));
    return response_json(exchange, 200, document);
}

enum err handle_log_out(struct exchange *exchange) {
    const char *id_token = NULL;
    TRY(login_close(&exchange->context, &id_token));
    const char *provider = federated_login_logout_url(&exchange->context, id_token);
    if (provider != NULL) {
        response_header(exchange, "Link",
                        arena_printf(exchange->arena, "<%s>; rel=\"logout\"", provider));
    }
    session_cookie_end(exchange);
    return response_answer(exchange);
}

enum err handle_pass_second_factor(struct exchange *exchange) {
    const char *code = NULL;
    const struct login_browser browser = login_cookies_read(exchange);
    struct login_cookies cookies;
    TRY(account_json_read_code(exchange->arena, &exchange->errors, exchange->request.json, &code));
    TRY(login_by_second_factor(&exchange->context, code, &browser, &cookies));
    login_cookies_set(exchange, &cookies);
    return response_answer(exchange);
}
