/* Sign-up, activation, forgotten password, confirmed addresses, unsubscription. */
#include "account/account.h"
#include "account/account_json.h"
#include "account/login_cookies.h"
#include "account/password_reset.h"
#include "account/routes.h"
#include "account/sign_up.h"
#include <string.h>

enum err handle_sign_up(struct exchange *exchange) {
    struct sign_up input = {0};
    account_json_read_sign_up(exchange->arena, &exchange->errors, exchange->request.json, &input);
    TRY(sign_up(&exchange->context, &input));
    return response_answer(exchange);
}

enum err handle_activate_account(struct exchange *exchange) {
    struct activation input;
    const char *device = NULL;
    const struct login_browser browser = login_cookies_read(exchange);
    TRY(account_json_read_activation(exchange->arena, &exchange->errors, exchange->request.json,
                                     &input));
    TRY(sign_up_activate(&exchange->context, &input, browser.device, &device));
    login_cookies_set_device(exchange, device);
    return response_answer(exchange);
}

enum err handle_preview_activation(struct exchange *exchange) {
    const char *token = NULL;
    const char *document = NULL;
    TRY(account_json_read_link(exchange->arena, &exchange->errors, exchange->request.json, &token,
                               NULL));
    TRY(sign_up_preview(&exchange->context, token, &document));
    return response_json(exchange, 200, document);
}

enum err handle_send_activation_mail(struct exchange *exchange) {
    struct email email;
    TRY(account_json_read_email(exchange->arena, &exchange->errors, exchange->request.json,
                                &email));
    TRY(sign_up_resend(&exchange->context, &email));
    return response_empty(exchange, 202);
}

enum err handle_send_password_reset_mail(struct exchange *exchange) {
    struct email email;
    TRY(account_json_read_email(exchange->arena, &exchange->errors, exchange->request.json,
                                &email));
    TRY(password_reset_request(&exchange->context, &email));
    return response_empty(exchange, 202);
}

enum err handle_preview_password_reset(struct exchange *exchange) {
    const char *token = NULL;
    const char *document = NULL;
    TRY(account_json_read_link(exchange->arena, &exchange->errors, exchange->request.json, &token,
                               NULL));
    TRY(password_reset_preview(&exchange->context, token, &document));
    return response_json(exchange, 200, document);
}

enum err handle_reset_password(struct exchange *exchange) {
    const char *token = NULL;
    const char *password = NULL;
    const char *device = NULL;
    const struct login_browser browser = login_cookies_read(exchange);
    TRY(account_json_read_link(exchange->arena, &exchange->errors, exchange->request.json, &token,
                               &password));
    TRY(password_reset_use(&exchange->context, token, password, browser.device, &device));
    login_cookies_set_device(exchange, device);
    return response_answer(exchange);
}

enum err handle_confirm_email(struct exchange *exchange) {
    const char *token = NULL;
    TRY(account_json_read_link(exchange->arena, &exchange->errors, exchange->request.json, &token,
                               NULL));
    TRY(account_confirm_email(&exchange->context, token));
    return response_answer(exchange);
}

/* The link of an unsubscription, opened in a browser. Nothing is changed: programs that scan mails open links too. */
enum err handle_show_unsubscription(struct exchange *exchange) {
    response_header(exchange, "Location", "/compte#notifications");
    return response_empty(exchange, 302);
}

enum err handle_unsubscribe(struct exchange *exchange) {
    const char *choice = request_query(exchange, "List-Unsubscribe");
    if (choice == NULL || strcmp(choice, "One-Click") != 0) {
        exchange_error(exchange, "/List-Unsubscribe", choice == NULL ? "required" : "unknown_value",
                       "Le corps attendu est List-Unsubscribe=One-Click.");
        return ERR_INVALID;
    }
    TRY(notification_unsubscribe(&exchange->context, request_path_parameter(exchange, "token")));
    return response_empty(exchange, 200);
}
