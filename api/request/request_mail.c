#include "request/request_mail.h"
#include "base/json.h"
#include "core/email.h"
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

static const char *audience_name(enum request_audience audience) {
    switch (audience) {
    case AUDIENCE_APPLICANT:
        return "applicant";
    case AUDIENCE_ORGANISATION:
        return "organisation";
    case AUDIENCE_INSTRUCTORS:
        return "instructors";
    case AUDIENCE_ASSIGNEE:
        break;
    }
    return "assignee";
}

static const char *contacts_of(const struct request_letter *letter, struct arena *arena) {
    const struct value *contacts = value_get(letter->contacts_in, "contacts");
    return contacts == NULL ? NULL : json_text(arena, contacts);
}

enum err request_mail_find(struct tx *tx, const struct request_view *view,
                           const struct request_letter *letter, struct request_told *told) {
    told->count = 0;
    return sql_request_list_told(
        tx, &told->items, &told->count, .request = view->facts.id,
        .audience = audience_name(letter->audience),
        .notification = letter->is_optional ? notification_name(letter->notification) : NULL,
        .except = letter->except, .contacts = contacts_of(letter, tx->arena));
}

void request_mail_send(struct act *act, const struct request_letter *letter,
                       const struct value *data, const struct request_told *told) {
    struct arena *arena = act->context->arena;
    for (size_t i = 0; i < told->count; i++) {
        const struct request_recipient *to = &told->items[i];
        if (to->contact.or_null != NULL) {
            continue;
        }
        struct value *own = value_copy(arena, data);
        if (letter->audience == AUDIENCE_APPLICANT && !to->is_applicant) {
            value_set(own, "in_place", value_boolean(arena, true));
        }
        if (letter->is_optional) {
            value_set_text(arena, own, "unsubscribe_url",
                           notification_unsubscribe_url(act->context, to->account_id.or_null,
                                                        letter->notification));
        }
        act_mail(act, letter->template, to->email, to->account_id.or_null, own);
    }
}

enum err request_mail(struct act *act, const struct request_view *view,
                      const struct request_letter *letter, const struct value *data) {
    struct request_told told;
    TRY(request_mail_find(&act->tx, view, letter, &told));
    request_mail_send(act, letter, data, &told);
    return ERR_NONE;
}

enum err request_mail_applicant(struct act *act, const struct request_view *view,
                                const char *template, const struct value *data) {
    return request_mail(
        act, view, &(struct request_letter){.template = template, .audience = AUDIENCE_APPLICANT},
        data);
}

enum err request_mail_instructors(struct act *act, const struct request_view *view,
                                  const char *template) {
    return request_mail(act, view,
                        &(struct request_letter){.template = template,
                                                 .audience = AUDIENCE_INSTRUCTORS,
                                                 .is_optional = true,
                                                 .notification = NOTIFICATION_NEW_SUBMISSION,
                                                 .except = act->context->actor->account_id},
                        request_mail_data(act->context, view));
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

/* NULL: the member is no contact of the form. */
static const struct addressee *find_addressee(const char *member) {
    for (size_t i = 0; i < ADDRESSEES_COUNT; i++) {
        if (strcmp(ADDRESSEES[i].member, member) == 0) {
            return &ADDRESSEES[i];
        }
    }
    return NULL;
}

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

static void mail_contact(struct act *act, const struct contact_letter *letter,
                         const struct request_recipient *to, struct contact_mail *mails,
                         size_t place) {
    struct context *context = act->context;
    const struct addressee *addressee = find_addressee(to->contact.or_null);
    struct field_errors ignored;
    struct email email;
    field_errors_init(&ignored, context->arena);
    if (addressee == NULL || email_parse(&ignored, "", to->email, &email) != ERR_NONE) {
        return;
    }
    mails[place] = (struct contact_mail){.key = email.key,
                                         .template = letter->revoked ? "request_contact_revoked"
                                                                     : addressee->granted_template};
    if (is_repeated(mails, place)) {
        return;
    }
    struct value *data = list_data(context, letter->view, letter->fields);
    value_set_text(context->arena, data, "as", addressee->role);
    value_set(data, "scopes",
              request_mail_labels(context->arena, letter->view->product, letter->scopes));
    act_mail(act, mails[place].template, email.address, NULL, data);
}

void request_mail_contacts(struct act *act, const struct contact_letter *letter,
                           const struct request_told *told) {
    struct contact_mail mails[ADDRESSEES_COUNT] = {{0}};
    size_t place = 0;
    for (size_t i = 0; i < told->count && place < ADDRESSEES_COUNT; i++) {
        if (told->items[i].contact.or_null != NULL) {
            mail_contact(act, letter, &told->items[i], mails, place++);
        }
    }
}
