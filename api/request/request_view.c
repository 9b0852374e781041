#include "request/request_view.h"
#include "base/json.h"
#include "base/text.h"
#include "organisation/eligibility.h"
#include <string.h>

static enum err read_fields(struct context *context, const char *json, const struct value **out) {
    struct value *fields = NULL;
    TRY(json_parse(context->arena, json, strlen(json), &fields, NULL));
    *out = fields;
    return ERR_NONE;
}

static enum err read_row(struct context *context, const struct rows *rows,
                         struct request_view *file) {
    *file = (struct request_view){
        .facts = {.id = rows_text(rows, 0, "id"),
                  .number = rows_integer(rows, 0, "number", 0),
                  .product = rows_text(rows, 0, "product"),
                  .use_case = rows_text(rows, 0, "use_case"),
                  .siret = rows_text(rows, 0, "siret"),
                  .applicant_id = rows_text(rows, 0, "applicant_id"),
                  .assignee_id = rows_text(rows, 0, "assignee_id"),
                  .habilitation_id = rows_text(rows, 0, "habilitation_id"),
                  .state = request_state_parse(rows_text(rows, 0, "state")),
                  .is_reopened = rows_boolean(rows, 0, "reopened"),
                  .was_submitted = rows_boolean(rows, 0, "was_submitted"),
                  .version = rows_integer(rows, 0, "version", 0),
                  .is_applicant = rows_boolean(rows, 0, "is_applicant"),
                  .is_member = rows_boolean(rows, 0, "is_member"),
                  .is_external = rows_boolean(rows, 0, "is_external"),
                  .is_contact = rows_boolean(rows, 0, "is_contact")},
        .form_version = rows_text(rows, 0, "form_version"),
        .terms_version = rows_text(rows, 0, "terms_version"),
        .submitted_at = rows_text(rows, 0, "submitted_at"),
        .organisation_state = rows_text(rows, 0, "organisation_state"),
        .organisation_name = rows_text(rows, 0, "organisation_name"),
        .legal_category = rows_text(rows, 0, "legal_category"),
        .applicant_email = rows_text(rows, 0, "applicant_email"),
        .applicant_given_name = rows_text(rows, 0, "applicant_given_name"),
        .applicant_family_name = rows_text(rows, 0, "applicant_family_name"),
    };
    file->product = products_find(context->services->products, file->facts.product);
    file->use_case =
        file->product == NULL ? NULL : product_find_use_case(file->product, file->facts.use_case);
    if (file->use_case == NULL) {
        return context_fail(context, ERR_UNAVAILABLE,
                            "Le produit de cette demande n’est pas servi en ce moment.");
    }
    return read_fields(context, rows_text(rows, 0, "fields"), &file->fields);
}

enum err request_view_open(struct context *context, struct tx *tx, const char *id, bool lock,
                           bool whole, struct request_view *file) {
    struct rows *rows = NULL;
    if (!text_is_uuid(id)) {
        return ERR_NOT_FOUND;
    }
    if (lock) {
        TRY(tx_query(tx, &SQL_REQUEST_LOCK, NULL, P_TEXT(id)));
    }
    TRY(tx_query(tx, &SQL_REQUEST_FIND, &rows, P_TEXT(id), P_TEXT(context->actor->account_id)));
    if (rows->count == 0) {
        return ERR_NOT_FOUND;
    }
    TRY(read_row(context, rows, file));
    return request_policy_check_visibility(context, &file->facts, whole);
}

/* The acts of the contract, in the order of the table. */
static const char *permissions(const struct context *context, const struct request_view *file) {
    const unsigned events = request_policy_list_events(context->actor, &file->facts);
    struct value *list = value_array(context->arena);
    for (int event = 0; event < EVENT_COUNT; event++) {
        if ((events & (1U << event)) != 0) {
            value_push(context->arena, list,
                       value_text(context->arena, request_event_name((enum request_event)event)));
        }
    }
    return json_text(context->arena, list);
}

enum err request_view_render(struct context *context, struct tx *tx,
                             const struct request_view *file, const char **document,
                             int64_t *version) {
    struct rows *rows = NULL;
    const bool is_staff = request_view_is_staff(context, file);
    const struct param id = P_TEXT(file->facts.id);
    const struct param viewer = P_TEXT(context->actor->account_id);
    if (request_policy_find_visibility(context->actor, &file->facts) == VISIBILITY_FULL) {
        TRY(tx_query(tx, &SQL_REQUEST_RENDER, &rows, id, viewer, P_BOOLEAN(is_staff),
                     P_TEXT(permissions(context, file))));
    } else {
        TRY(tx_query(tx, &SQL_REQUEST_RENDER_SUMMARY, &rows, id, viewer, P_BOOLEAN(is_staff),
                     P_TEXT(request_use_case_names(context->arena, context->services->products))));
    }
    if (rows->count == 0) {
        return ERR_NOT_FOUND;
    }
    *document = rows_text(rows, 0, "document");
    *version = rows_integer(rows, 0, "version", 0);
    return ERR_NONE;
}

enum err request_view_show(struct context *context, const char *id, const char **document,
                           int64_t *version) {
    const struct identity identity = context_identity(context);
    struct request_view file;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_READ, &tx));
    TRY(request_view_open(context, &tx, id, false, false, &file));
    TRY(request_view_render(context, &tx, &file, document, version));
    return tx_commit(&tx);
}

struct form_subject request_view_subject(const struct request_view *file) {
    return (struct form_subject){.product = file->product,
                                 .use_case = file->use_case,
                                 .is_administration = eligibility_is_by_nature(
                                     eligibility_find_ground(file->legal_category))};
}

bool request_view_is_staff(const struct context *context, const struct request_view *file) {
    return request_policy_is_staff_of(context->actor, &file->facts);
}

enum err request_view_remember(struct context *context, struct tx *tx,
                               const struct request_view *file, const char *event,
                               enum request_state to, enum actor_role actor_role,
                               const struct value *detail) {
    const char *kept = detail == NULL ? "{}" : json_text(context->arena, detail);
    return tx_query(tx, &SQL_REQUEST_EVENT_ADD, NULL, P_TEXT(file->facts.id), P_TEXT(event),
                    P_TEXT(request_state_name(file->facts.state)), P_TEXT(request_state_name(to)),
                    P_TEXT(context->actor->account_id),
                    P_BOOLEAN(actor_role == ACTOR_ROLE_INSTRUCTOR), P_TEXT(kept));
}

enum err request_view_list_changes(struct context *context, struct tx *tx,
                                   const struct request_view *file, struct value **changes,
                                   const char **since) {
    struct arena *arena = context->arena;
    const struct value *former = NULL;
    struct rows *rows = NULL;
    struct value *files = NULL;
    *changes = NULL;
    *since = NULL;
    TRY(tx_query(tx, &SQL_REQUEST_EVENT_FIND_FORMER, &rows, P_TEXT(file->facts.id)));
    if (rows->count == 0) {
        return ERR_NONE;
    }
    const char *json = rows_text(rows, 0, "files");
    TRY(read_fields(context, rows_text(rows, 0, "fields"), &former));
    TRY(json_parse(arena, json, strlen(json), &files, NULL));
    *changes = form_list_changes(arena, former, file->fields);
    for (size_t i = 0; i < value_count(files); i++) {
        value_push(arena, *changes, value_item(files, i));
    }
    *since = rows_text(rows, 0, "at");
    return ERR_NONE;
}

const char *request_use_case_names(struct arena *arena, const struct products *products) {
    struct value *names = value_object(arena);
    for (size_t i = 0; i < products->count; i++) {
        const struct product *product = &products->items[i];
        struct value *of_product = value_object(arena);
        for (size_t j = 0; j < product->use_cases_count; j++) {
            value_set_text(arena, of_product, product->use_cases[j].id, product->use_cases[j].name);
        }
        value_set(arena, names, product->id, of_product);
    }
    return json_text(arena, names);
}
