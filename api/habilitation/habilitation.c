#include "habilitation/habilitation.h"
#include "base/json.h"
#include "base/text.h"
#include "request/request_view.h"
#include "sql/habilitation.h"
#include "sql/request.h"
#include <string.h>

enum { CODE_BYTES_MAX = 64 };

enum err habilitation_list(struct context *context, const struct habilitation_filter *filter,
                           const struct page *page, const char **document) {
    const struct identity identity = context_identity(context);
    struct tx once = tx_once(context->services->pool, context->arena, &identity, TX_READ);
    return sql_habilitation_list(&once, document, .account = context->actor->account_id,
                                 .state = filter->state, .product = filter->product,
                                 .siret = filter->siret, .request = filter->request_id,
                                 PAGE_TIME(page));
}

/* Begins a transaction that reads a habilitation whose request the actor sees as a whole. The caller ends
 * it. */
static enum err begin_read(struct context *context, struct tx *tx, const char *id,
                           struct request_view *view) {
    const struct identity identity = context_identity(context);
    const char *request_id = NULL;
    if (!text_is_uuid(id)) {
        return ERR_NOT_FOUND;
    }
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_READ, tx));
    TRY(sql_habilitation_find_request(tx, &request_id, .habilitation = id));
    return request_view_read(context, tx, request_id, VISIBILITY_FULL, view);
}

enum err habilitation_show(struct context *context, const char *id, const char **document) {
    struct request_view view;
    TX_AUTO(tx);
    TRY(begin_read(context, &tx, id, &view));
    TRY(sql_habilitation_render(&tx, document, .habilitation = id));
    return tx_commit(&tx);
}

enum err habilitation_confirm(struct context *context, const char *code, const char **document) {
    if (strlen(code) > CODE_BYTES_MAX) {
        return ERR_NOT_FOUND;
    }
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ);
    return sql_habilitation_confirm(&once, document, .code = code);
}

static enum err parse(struct arena *arena, const char *text, struct value **out) {
    return json_parse(arena, text, strlen(text), out, NULL);
}

static struct texts label_scopes(struct arena *arena, const struct product *product,
                                 const struct value *scopes) {
    struct texts labels = {ARENA_ARRAY(arena, const char *, value_count(scopes)), 0};
    for (size_t i = 0; i < value_count(scopes); i++) {
        const char *id = value_text_of(value_item(scopes, i));
        const struct product_scope *scope = product_find_scope(product, id);
        labels.items[labels.count++] = scope == NULL ? id : scope->label;
    }
    return labels;
}

static const char *text_at(const struct value *root, const char *pointer) {
    const struct value *value = value_at(root, pointer);
    return value_text_of(value);
}

static struct texts read_texts(struct arena *arena, const struct value *list) {
    struct texts texts = {ARENA_ARRAY(arena, const char *, value_count(list)), 0};
    for (size_t i = 0; i < value_count(list); i++) {
        texts.items[texts.count++] = value_text_of(value_item(list, i));
    }
    return texts;
}

/* Name and job title; the address of a service, which has no name. */
static const char *name_contact(struct arena *arena, const struct value *snapshot,
                                const char *contact) {
    const char *given = text_at(snapshot, arena_printf(arena, "%s/given_name", contact));
    const char *family = text_at(snapshot, arena_printf(arena, "%s/family_name", contact));
    const char *job = text_at(snapshot, arena_printf(arena, "%s/job_title", contact));
    if (given == NULL && family == NULL) {
        return text_at(snapshot, arena_printf(arena, "%s/email", contact));
    }
    return arena_printf(arena, "%s%s%s%s%s", given == NULL ? "" : given,
                        given == NULL || family == NULL ? "" : " ", family == NULL ? "" : family,
                        job == NULL ? "" : ", ", job == NULL ? "" : job);
}

static struct texts read_justifications(struct arena *arena, const struct product *product,
                                        const struct value *scopes, const struct value *given) {
    struct texts texts = {ARENA_ARRAY(arena, const char *, value_count(scopes)), 0};
    for (size_t i = 0; i < value_count(scopes); i++) {
        const char *id = value_text_of(value_item(scopes, i));
        const struct product_scope *scope = product_find_scope(product, id);
        const char *text = value_get_text(given, id);
        if (scope != NULL && scope->is_sensitive && text != NULL) {
            texts.items[texts.count++] = arena_printf(arena, "%s : %s", scope->label, text);
        }
    }
    return texts;
}

static void read_snapshot(struct arena *arena, const struct form_subject *subject,
                          const struct value *snapshot, struct habilitation_paper *paper) {
    const struct value *fields = value_get(snapshot, "fields");
    const struct value *months = value_at(snapshot, "/fields/retention_months");
    const char *given = text_at(snapshot, "/applicant/given_name");
    const char *family = text_at(snapshot, "/applicant/family_name");
    paper->organisation = text_at(snapshot, "/organisation/name");
    paper->applicant =
        arena_printf(arena, "%s %s", given == NULL ? "" : given, family == NULL ? "" : family);
    paper->controller = name_contact(arena, snapshot, "/fields/contacts/data_controller");
    paper->officer = name_contact(arena, snapshot, "/fields/contacts/data_protection_officer");
    paper->title = text_at(snapshot, "/fields/title");
    paper->description = text_at(snapshot, "/fields/description");
    paper->procedures = read_texts(arena, value_at(snapshot, "/fields/procedures"));
    paper->legal_text = text_at(snapshot, "/fields/legal_basis/text");
    paper->legal_url = text_at(snapshot, "/fields/legal_basis/url");
    if (form_asks_for(subject, fields, "/public_service_mission")) {
        paper->mission = text_at(fields, "/public_service_mission");
    }
    paper->recipients = text_at(snapshot, "/fields/recipients");
    paper->retention_months = value_is(months, VALUE_INTEGER) ? value_integer_of(months) : 0;
    if (form_asks_for(subject, fields, "/retention_justification")) {
        paper->retention_justification = text_at(fields, "/retention_justification");
    }
    paper->terms_version = text_at(snapshot, "/terms_version");
}

static enum err read_print(struct context *context, const char *id, struct request_view *view,
                           struct habilitation_print *print) {
    TX_AUTO(tx);
    TRY(begin_read(context, &tx, id, view));
    TRY(sql_habilitation_find_document(&tx, print, .habilitation = id));
    return tx_commit(&tx);
}

enum err habilitation_read_paper(struct context *context, const char *id,
                                 struct habilitation_paper *paper) {
    struct arena *arena = context->arena;
    struct request_view view;
    struct habilitation_print print;
    struct value *snapshot = NULL;
    struct value *scopes = NULL;
    struct value *refused = NULL;
    struct value *files = NULL;
    TRY(read_print(context, id, &view, &print));
    TRY(parse(arena, print.snapshot, &snapshot));
    TRY(parse(arena, print.scopes, &scopes));
    TRY(parse(arena, print.refused_scopes, &refused));
    TRY(parse(arena, print.files, &files));
    *paper = (struct habilitation_paper){
        .number = print.number,
        .request_number = print.request_number,
        .product = view.product->name,
        .use_case = view.use_case->name,
        .siret = print.siret,
        .scopes = label_scopes(arena, view.product, scopes),
        .refused_scopes = label_scopes(arena, view.product, refused),
        .justifications = read_justifications(arena, view.product, scopes,
                                              value_at(snapshot, "/fields/scope_justifications")),
        .files = read_texts(arena, files),
        .approved_on = print.approved_on,
        .printed_on = print.printed_on,
        .reason = print.reason.or_null,
        .message = print.message.or_null,
        .is_active = print.is_active,
        .confirmation_code = print.confirmation_code};
    paper->confirmation_url =
        arena_printf(arena, "%s/confirmation/%s", context->services->config->public_url,
                     paper->confirmation_code);
    const struct form_subject subject = request_view_subject(&view);
    read_snapshot(arena, &subject, snapshot, paper);
    return ERR_NONE;
}
