#include "request/request_mail.h"
#include "core/email.h"
#include "core/notification.h"
#include <string.h>

static struct value *list_data(struct context *context, const struct request_view *file,
                               const struct value *fields) {
    struct arena *arena = context->arena;
    const char *title = value_get_text(fields, "title");
    struct value *data = value_object(arena);
    value_set_text(arena, data, "id", file->facts.id);
    value_set_text(arena, data, "number",
                   arena_printf(arena, "D%lld", (long long)file->facts.number));
    value_set_text(arena, data, "title", title == NULL ? "" : title);
    value_set_text(arena, data, "organisation", file->organisation_name);
    value_set_text(arena, data, "siret", file->facts.siret);
    value_set_text(arena, data, "product", file->product->name);
    return data;
}

struct value *request_mail_data(struct context *context, const struct request_view *file) {
    return list_data(context, file, file->fields);
}

void request_mail_applicant(struct act *act, const struct request_view *file, const char *template,
                            const struct value *data) {
    act_mail(act, template, file->applicant_email, file->facts.applicant_id, data);
}

enum err request_mail_instructors(struct act *act, const struct request_view *file) {
    struct context *context = act->context;
    struct rows *rows = NULL;
    TRY(tx_query(&act->tx, &SQL_REQUEST_LIST_INSTRUCTORS, &rows, P_TEXT(file->facts.product)));
    for (size_t i = 0; i < rows->count; i++) {
        struct value *data = request_mail_data(context, file);
        const char *id = rows_text(rows, i, "id");
        value_set_text(context->arena, data, "unsubscribe_url",
                       notification_unsubscribe_url(context, id, NOTIFICATION_NEW_SUBMISSION));
        act_mail(act, "request_to_instruct", rows_text(rows, i, "email"), id, data);
    }
    return ERR_NONE;
}

struct value *request_mail_labels(struct arena *arena, const struct product *product,
                                  const struct value *scopes) {
    struct value *labels = value_array(arena);
    for (size_t i = 0; i < value_count(scopes); i++) {
        const struct product_scope *scope =
            product_find_scope(product, value_text_of(value_item(scopes, i)));
        value_push(
            arena, labels,
            value_text(arena, scope == NULL ? value_text_of(value_item(scopes, i)) : scope->label));
    }
    return labels;
}

struct addressee {
    const char *member;
    const char *template;
    const char *as; /* in which role, for the text */
};

static const struct addressee GRANTED[] = {
    {"data_controller", "request_rgpd_notice", "responsable du traitement"},
    {"data_protection_officer", "request_rgpd_notice", "délégué à la protection des données"},
    {"business", "request_contact_notice", "contact métier"},
    {"technical", "request_contact_notice", "contact technique"},
};

/* True where an earlier contact already gets this mail. */
static bool was_told(const char *const *keys, const struct addressee *to, size_t place) {
    for (size_t i = 0; i < place; i++) {
        if (keys[i] != NULL && strcmp(keys[i], keys[place]) == 0 &&
            strcmp(to[i].template, to[place].template) == 0) {
            return true;
        }
    }
    return false;
}

void request_mail_contacts(struct act *act, const struct request_view *file,
                           const struct value *fields, const struct value *scopes, bool revoked) {
    struct context *context = act->context;
    enum { CONTACTS_COUNT = sizeof GRANTED / sizeof *GRANTED };
    const char *keys[CONTACTS_COUNT] = {NULL};
    struct addressee to[CONTACTS_COUNT];
    memcpy(to, GRANTED, sizeof to);
    for (size_t i = 0; i < CONTACTS_COUNT; i++) {
        const struct value *contact =
            value_at(fields, arena_printf(context->arena, "/contacts/%s", to[i].member));
        const char *address = value_get_text(contact, "email");
        struct field_errors ignored;
        struct email email;
        field_errors_init(&ignored, context->arena);
        if (address == NULL || email_parse(&ignored, "", address, &email) != ERR_NONE) {
            continue;
        }
        keys[i] = email.key;
        to[i].template = revoked ? "request_contact_revoked" : to[i].template;
        if (was_told(keys, to, i)) {
            continue;
        }
        struct value *data = list_data(context, file, fields);
        value_set_text(context->arena, data, "as", to[i].as);
        value_set(context->arena, data, "scopes",
                  request_mail_labels(context->arena, file->product, scopes));
        act_mail(act, to[i].template, email.address, NULL, data);
    }
}
