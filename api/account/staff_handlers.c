/* Roles of the staff, and the audit trail. */
#include "account/account_json.h"
#include "account/routes.h"
#include "account/staff.h"
#include "base/clock.h"
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

static enum err read_filter(struct exchange *exchange, struct audit_filter *filter) {
    *filter = (struct audit_filter){.actor_id = request_query(exchange, "actor_id"),
                                    .action = request_query(exchange, "action"),
                                    .object_id = request_query(exchange, "object_id"),
                                    .product = request_query(exchange, "product"),
                                    .from = request_query(exchange, "from"),
                                    .to = request_query(exchange, "to")};
    if (filter->actor_id != NULL && !text_is_uuid(filter->actor_id)) {
        exchange_error(exchange, "actor_id", "invalid_format", "Un identifiant UUID est attendu.");
    }
    if (filter->object_id != NULL && strlen(filter->object_id) > OBJECT_ID_BYTES_MAX) {
        exchange_error(exchange, "object_id", "too_long",
                       "Un identifiant a au plus 64 caractères : un UUID, ou un SIRET.");
    }
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
