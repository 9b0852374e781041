/* Roles of the staff, and the audit trail. */
#include "account/account_json.h"
#include "account/routes.h"
#include "account/staff.h"
#include "base/clock.h"
#include "core/email.h"
#include "core/search.h"
#include <string.h>

enum err handle_list_staff(struct exchange *exchange) {
    struct page page;
    enum role role;
    const char *document = NULL;
    const char *wanted = request_query(exchange, "role");
    if (wanted != NULL && !role_parse(wanted, &role)) {
        exchange_error(exchange, "role", "unknown_value", "Ce rôle n’existe pas.");
    }
    if (!request_page_time(exchange, &page)) {
        return ERR_INVALID;
    }
    TRY(field_errors_verdict(&exchange->errors));
    TRY(staff_list(&exchange->context, request_query(exchange, "product"), wanted, &page,
                   &document));
    return response_json(exchange, 200, document);
}

enum err handle_grant_role(struct exchange *exchange) {
    struct staff_change change = {0};
    TRY(account_json_read_role(exchange->arena, &exchange->errors, exchange->request.json,
                               &change));
    TRY(staff_grant(&exchange->context, &change));
    return response_answer(exchange);
}

enum err handle_withdraw_role(struct exchange *exchange) {
    struct staff_change change = {0};
    TRY(account_json_read_role(exchange->arena, &exchange->errors, exchange->request.json,
                               &change));
    TRY(staff_withdraw(&exchange->context, &change));
    return response_answer(exchange);
}

static void check_time(struct exchange *exchange, const char *name, const char *value) {
    int64_t at_ms;
    if (value != NULL && !clock_parse_rfc3339(value, &at_ms)) {
        exchange_error(exchange, name, "invalid_format",
                       "Écrivez une date et une heure, par exemple 2026-01-31T12:00:00Z.");
    }
}

enum { OBJECT_ID_BYTES_MAX = 64 };

static void check_object(struct exchange *exchange, const char *id) {
    if (id != NULL && strlen(id) > OBJECT_ID_BYTES_MAX) {
        exchange_error(exchange, "object_id", "too_long",
                       "Un identifiant a au plus 64 caractères : un UUID, ou un SIRET.");
    }
}

static void check_uuid(struct exchange *exchange, const char *name, const char *value) {
    if (value != NULL && !text_is_uuid(value)) {
        exchange_error(exchange, name, "invalid_format", "Un identifiant UUID est attendu.");
    }
}

static enum err read_filter(struct exchange *exchange, struct audit_filter *filter) {
    *filter = (struct audit_filter){.actor_id = request_query(exchange, "actor_id"),
                                    .action = request_query(exchange, "action"),
                                    .object_id = request_query(exchange, "object_id"),
                                    .product = request_query(exchange, "product"),
                                    .from = request_query(exchange, "from"),
                                    .to = request_query(exchange, "to")};
    check_uuid(exchange, "actor_id", filter->actor_id);
    check_object(exchange, filter->object_id);
    check_time(exchange, "from", filter->from);
    check_time(exchange, "to", filter->to);
    return field_errors_verdict(&exchange->errors);
}

enum err handle_list_audit(struct exchange *exchange) {
    struct audit_filter filter;
    struct page page;
    const char *document = NULL;
    const bool sound = request_page_number(exchange, &page);
    TRY(read_filter(exchange, &filter));
    if (!sound) {
        return ERR_INVALID;
    }
    TRY(staff_list_audit(&exchange->context, &filter, &page, &document));
    return response_json(exchange, 200, document);
}

/* An identifier, or the address of an account. */
static const char *read_account(struct exchange *exchange) {
    const char *text = request_query(exchange, "account");
    struct email email;
    if (text == NULL || text_is_uuid(text)) {
        return text;
    }
    return email_parse(&exchange->errors, "account", text, &email) == ERR_NONE ? email.key : NULL;
}

enum { NUMBER_DIGITS_MAX = 15 };

/* An identifier, or a number as in D123. */
static const char *read_request(struct exchange *exchange) {
    const char *text = request_query(exchange, "request");
    if (text == NULL || text_is_uuid(text)) {
        return text;
    }
    const size_t digits = *text == 'D' ? strspn(text + 1, "0123456789") : 0;
    if (digits == 0 || digits > NUMBER_DIGITS_MAX || text[1 + digits] != '\0') {
        exchange_error(exchange, "request", "invalid_format",
                       "Donnez un numéro de demande comme D123, ou son identifiant UUID.");
    }
    return text;
}

static enum err read_access_filter(struct exchange *exchange, struct access_filter *filter) {
    *filter = (struct access_filter){.account = read_account(exchange),
                                     .client_id = request_query(exchange, "client"),
                                     .request = read_request(exchange),
                                     .object_id = request_query(exchange, "object_id"),
                                     .action = request_query(exchange, "action"),
                                     .searched = request_query(exchange, "searched"),
                                     .from = request_query(exchange, "from"),
                                     .to = request_query(exchange, "to")};
    check_uuid(exchange, "client", filter->client_id);
    check_object(exchange, filter->object_id);
    check_time(exchange, "from", filter->from);
    check_time(exchange, "to", filter->to);
    (void)search_read_request_words(&exchange->errors, "searched", filter->searched);
    return field_errors_verdict(&exchange->errors);
}

enum err handle_list_access_log(struct exchange *exchange) {
    struct access_filter filter;
    struct page page;
    const char *document = NULL;
    const bool sound = request_page_number(exchange, &page);
    TRY(read_access_filter(exchange, &filter));
    if (!sound) {
        return ERR_INVALID;
    }
    TRY(staff_list_access(&exchange->context, &filter, &page, &document));
    return response_json(exchange, 200, document);
}
