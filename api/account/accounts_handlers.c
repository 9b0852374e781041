/* Sign-up, activation, forgotten password. */
#include "account/account.h"
#include "account/account_json.h"
#include "account/password_reset.h"
#include "account/routes.h"
#include "account/sign_up.h"
#include <string.h>

enum err handle_sign_up(struct exchange *exchange) {
    struct sign_up input = {0};
    enum membership_case foreseen;
    account_json_read_sign_up(exchange->arena, &exchange->errors, exchange->request.json, &input);
    TRY(sign_up(&exchange->context, &input, &foreseen));
    struct value *answer = value_object(exchange->arena);
    value_set_text(exchange->arena, answer, "status",
                   membership_case_attaches(foreseen) ? "activation_sent" : "suspended");
    value_set_text(exchange->arena, answer, "support_email",
                   exchange->services->config->support_email);
    return response_value(exchange, 202, answer);
}

enum err handle_activate_account(struct exchange *exchange) {
    const char *token = NULL;
    bool attached = false;
    TRY(account_json_read_link(exchange->arena, &exchange->errors, exchange->request.json, &token,
                               NULL));
    TRY(sign_up_activate(&exchange->context, token, &attached));
    return response_json(exchange, 200,
                         attached ? "{\"status\":\"active\"}" : "{\"status\":\"suspended\"}");
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
    TRY(password_reset_ask(&exchange->context, &email));
    return response_empty(exchange, 202);
}

enum err handle_reset_password(struct exchange *exchange) {
    const char *token = NULL;
    const char *password = NULL;
    TRY(account_json_read_link(exchange->arena, &exchange->errors, exchange->request.json, &token,
                               &password));
    TRY(password_reset_use(&exchange->context, token, password));
    return response_empty(exchange, 204);
}

enum err handle_confirm_email(struct exchange *exchange) {
    const char *token = NULL;
    TRY(account_json_read_link(exchange->arena, &exchange->errors, exchange->request.json, &token,
                               NULL));
    TRY(account_confirm_email(&exchange->context, token));
    return response_empty(exchange, 204);
}

/* The same link opened in a browser. Nothing changes here: programs that look links over open them too. */
enum err handle_show_unsubscription(struct exchange *exchange) {
    response_header(exchange, "Location", "/compte#notifications");
    return response_empty(exchange, 302);
}

enum err handle_unsubscribe(struct exchange *exchange) {
    const char *asked = request_query(exchange, "List-Unsubscribe");
    if (asked == NULL || strcmp(asked, "One-Click") != 0) {
        exchange_error(exchange, "/List-Unsubscribe", asked == NULL ? "required" : "unknown_value",
                       "Le corps attendu est List-Unsubscribe=One-Click.");
        return ERR_INVALID;
    }
    TRY(notification_unsubscribe(&exchange->context, request_path_parameter(exchange, "token")));
    return response_empty(exchange, 200);
}
