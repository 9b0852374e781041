/* The caller's own account. */
#include "account/account.h"
#include "account/account_json.h"
#include "account/login_cookies.h"
#include "account/qr_svg.h"
#include "account/routes.h"
#include "account/second_factor.h"
#include "http/session_cookie.h"

enum err handle_get_account(struct exchange *exchange) {
    const char *document = NULL;
    int64_t version = 0;
    TRY(account_read(&exchange->context, &document, &version));
    response_etag(exchange, version);
    return response_json(exchange, 200, document);
}

enum err handle_update_account(struct exchange *exchange) {
    struct account_patch patch;
    int64_t version = 0;
    TRY(request_if_match(exchange, &version));
    TRY(account_json_read_patch(exchange->arena, &exchange->errors, exchange->request.json,
                                &patch));
    TRY(account_update(&exchange->context, &patch, version));
    return response_answer(exchange);
}

enum err handle_delete_account(struct exchange *exchange) {
    bool leaves_requests = false;
    TRY(account_json_read_deletion(exchange->arena, &exchange->errors, exchange->request.json,
                                   &leaves_requests));
    TRY(account_delete(&exchange->context, leaves_requests));
    session_cookie_end(exchange);
    return response_answer(exchange);
}

enum err handle_change_password(struct exchange *exchange) {
    const char *current = NULL;
    const char *password = NULL;
    const char *device = NULL;
    TRY(account_json_read_password(exchange->arena, &exchange->errors, exchange->request.json,
                                   &current, &password));
    const struct login_browser browser = login_cookies_read(exchange);
    TRY(account_change_password(&exchange->context, current, password, browser.device, &device));
    login_cookies_set_device(exchange, device);
    return response_answer(exchange);
}

enum err handle_change_email(struct exchange *exchange) {
    struct email email;
    TRY(account_json_read_email(exchange->arena, &exchange->errors, exchange->request.json,
                                &email));
    TRY(account_request_email_change(&exchange->context, &email));
    return response_answer(exchange);
}

/* An export that is being sent; in the arena of its exchange. */
struct sent_export {
    const struct services *services;
    struct account_export export;
};

static enum stream_step write_export(void *state, struct buf *out) {
    struct sent_export *sent = state;
    bool is_over = false;
    ARENA_AUTO(arena);
    if (account_export_next(sent->services, &arena, &sent->export, out, &is_over) != ERR_NONE) {
        return STREAM_FAILS;
    }
    return is_over ? STREAM_ENDS : STREAM_CONTINUES;
}

enum err handle_export_account(struct exchange *exchange) {
    struct sent_export *sent = ARENA_NEW(exchange->arena, struct sent_export);
    *sent = (struct sent_export){.services = exchange->services,
                                 .export = {.account_id = exchange->actor.account_id}};
    TRY(account_export_record(&exchange->context));
    return response_stream_start(exchange, "application/json", write_export, sent, NULL);
}

enum err handle_list_sessions(struct exchange *exchange) {
    const char *document = NULL;
    struct page page;
    if (!request_page_time(exchange, &page)) {
        return ERR_INVALID;
    }
    TRY(account_list_sessions(&exchange->context, &page, &document));
    return response_json(exchange, 200, document);
}

enum err handle_list_own_access_log(struct exchange *exchange) {
    const char *document = NULL;
    struct page page;
    if (!request_page_number(exchange, &page)) {
        return ERR_INVALID;
    }
    TRY(account_list_accesses(&exchange->context, &page, &document));
    return response_json(exchange, 200, document);
}

enum err handle_delete_sessions(struct exchange *exchange) {
    TRY(account_end_sessions(&exchange->context));
    session_cookie_end(exchange);
    return response_answer(exchange);
}

enum err handle_enrol_second_factor(struct exchange *exchange) {
    struct second_factor_enrolment enrolment;
    const char *svg = NULL;
    TRY(second_factor_start(&exchange->context, &enrolment));
    TRY(qr_svg_render(exchange->arena, enrolment.uri, &svg));
    struct value *answer = value_object(exchange->arena);
    value_set_text(exchange->arena, answer, "secret", enrolment.secret_text);
    value_set_text(exchange->arena, answer, "otpauth_uri", enrolment.uri);
    value_set_text(exchange->arena, answer, "qr_svg", svg);
    return response_value(exchange, 201, answer);
}

enum err handle_confirm_second_factor(struct exchange *exchange) {
    const char *code = NULL;
    TRY(account_json_read_code(exchange->arena, &exchange->errors, exchange->request.json, &code));
    TRY(second_factor_confirm(&exchange->context, code));
    return response_secret(exchange);
}

enum err handle_renew_recovery_codes(struct exchange *exchange) {
    TRY(second_factor_replace_codes(&exchange->context));
    return response_secret(exchange);
}

enum err handle_remove_second_factor(struct exchange *exchange) {
    TRY(second_factor_remove(&exchange->context));
    return response_answer(exchange);
}
