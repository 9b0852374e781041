#include "request/request_mail.h"
#include "core/email.h"
#include "core/notification.h"
#include "sql/request.h"
#include <string.h>

static struct value *list_data(struct context *context, const struct request_view *view,
                               const struct value *fields) {
    struct arena *arena = context->arena;
    const char *title = value_get_text(fields, "title");
    struct value *data = value_object(arena);
    value_set_text(arena, data, "id", view->facts.id);
    value_set_text(arena, data, "number",
                   arena_printf(arena, "D%lld", (long long)view->facts.number));
    value_set_text(arena, data, "title", title == NULL ? "" : title);
    value_set_text(arena, data, "organisation", view->organisation_name);
    value_set_text(arena, data, "siret", view->facts.siret);
    value_set_text(arena, data, "product", view->product->name);
    return data;
}

struct value *request_mail_data(struct context *context, const struct request_view *view) {
    return list_data(context, view, view->fields);
}

void request_mail_applicant(struct act *act, const struct request_view *view, const char *template,
                            const struct value *data) {
    if (view->facts.has_applicant) {
        act_mail(act, template, view->applicant_email, view->facts.applicant_id, data);
    }
}

enum err request_mail_instructors(struct act *act, const struct request_view *view,
                                  const char *template) {
    struct context *context = act->context;
    struct mail_recipient *recipients = NULL;
    size_t count = 0;
    TRY(sql_request_list_instructors(&act->tx, &recipients, &count, .request = view->facts.id));
    for (size_t i = 0; i < count; i++) {
        struct value *data = request_mail_data(context, view);
        value_set_text(context->arena, data, "unsubscribe_url",
                       notification_unsubscribe_url(context, recipients[i].account_id,
                                                    NOTIFICATION_NEW_SUBMISSION));
        act_mail(act, template, recipients[i].email, recipients[i].account_id, data);
    }
    return ERR_NONE;
}

struct value *request_mail_labels(struct arena *arena, const struct product *product,
                                  const struct value *scopes) {
    struct value *labels = value_array(arena);
    for (size_t i = 0; i < value_count(scopes); i++) {
        const struct product_scope *scope =
            product_find_scope(product, value_text_of(value_item(scopes, i)));
        value_push(labels, value_text(arena, scope == NULL ? value_text_of(value_item(scopes, i))
                                                           : scope->label));
    }
    return labels;
}

struct addressee {
    const char *member; /* of /contacts */
    const char *granted_template;
    const char *role; /* how the text calls them */
};

static const struct addressee ADDRESSEES[] = {
    {"data_controller", "request_rgpd_notice", "responsable du traitement"},
    {"data_protection_officer", "request_rgpd_notice", "délégué à la protection des données"},
    {"business", "request_contact_notice", "contact métier"},
    {"technical", "request_contact_notice", "contact technique"},
};
enum { ADDRESSEES_COUNT = sizeof ADDRESSEES / sizeof *ADDRESSEES };

struct contact_mail {
    const char *key; /* of the address; NULL: no mail */
    const char *template;
};

/* True where an earlier contact has the same address and gets the same mail. */
static bool is_repeated(const struct contact_mail *mails, size_t place) {
    for (size_t i = 0; i < place; i++) {
        if (mails[i].key != NULL && strcmp(mails[i].key, mails[place].key) == 0 &&
            strcmp(mails[i].template, mails[place].template) == 0) {
            return true;
        }
    }
    return false;
}

/* False where `fields` name no such contact. */
static bool read_address(struct arena *arena, const struct value *fields, const char *member,
                         struct email *email) {
    const char *address =
        value_get_text(value_at(fields, arena_printf(arena, "/contacts/%s", member)), "email");
    struct field_errors ignored;
    field_errors_init(&ignored, arena);
    return address != NULL && email_parse(&ignored, "", address, email) == ERR_NONE;
}

void request_mail_contacts(struct act *act, const struct request_view *view,
                           const struct value *fields, const struct value *scopes, bool revoked) {
    struct arena *arena = act->context->arena;
    struct contact_mail mails[ADDRESSEES_COUNT] = {{0}};
    for (size_t i = 0; i < ADDRESSEES_COUNT; i++) {
        const struct addressee *to = &ADDRESSEES[i];
        struct email email;
        if (!read_address(arena, fields, to->member, &email)) {
            continue;
        }
        mails[i] = (struct contact_mail){.key = email.key,
                                         .template = revoked ? "request_contact_revoked"
                                                             : to->granted_template};
        if (is_repeated(mails, i)) {
            continue;
        }
        struct value *data = list_data(act->context, view, fields);
        value_set_text(arena, data, "as", to->role);
        value_set(data, "scopes", request_mail_labels(arena, view->product, scopes));
        act_mail(act, mails[i].template, email.address, NULL, data);
    }
}
