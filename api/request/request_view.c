#include "request/request_view.h"
#include "base/json.h"
#include "base/text.h"
#include "organisation/eligibility.h"
#include "sql/request.h"
#include <string.h>

static enum err read_fields(struct context *context, const char *json, const struct value **out) {
    struct value *fields = NULL;
    TRY(json_parse(context->arena, json, strlen(json), &fields, NULL));
    *out = fields;
    return ERR_NONE;
}

static enum request_proposal find_proposal(const struct actor *actor, const char *proposed_by) {
    if (proposed_by == NULL) {
        return PROPOSAL_NONE;
    }
    return actor->account_id != NULL && strcmp(proposed_by, actor->account_id) == 0
               ? PROPOSAL_OWN
               : PROPOSAL_OTHER;
}

static enum request_takeover find_takeover(const struct actor *actor, const char *asked_by) {
    if (asked_by == NULL) {
        return TAKEOVER_NONE;
    }
    return actor->account_id != NULL && strcmp(asked_by, actor->account_id) == 0 ? TAKEOVER_OWN
                                                                                 : TAKEOVER_OTHER;
}

static struct request_facts facts_of(const struct actor *actor, const struct request_row *row) {
    return (struct request_facts){.id = row->id,
                                  .number = row->number,
                                  .product = row->product,
                                  .use_case = row->use_case,
                                  .siret = row->siret,
                                  .applicant_id = row->applicant_id,
                                  .assignee_id = row->assignee_id.or_null,
                                  .habilitation_id = row->habilitation_id.or_null,
                                  .state = request_state_parse(row->state),
                                  .is_reopened = row->is_reopened,
                                  .was_submitted = row->was_submitted,
                                  .version = row->version,
                                  .is_applicant = row->is_applicant,
                                  .is_member = row->is_member,
                                  .is_contact = row->is_contact,
                                  .conflict = row->conflict.or_null,
                                  .has_applicant = row->has_applicant,
                                  .proposal = find_proposal(actor, row->proposed_by.or_null),
                                  .takeover = find_takeover(actor, row->takeover_by.or_null)};
}

/* A program judges for nobody whom the request serves: where one of those who answer for it has a conflict of interest,
 * the rights of another one do not count either. */
static enum err find_conflict(struct tx *tx, const struct actor *actor,
                              struct request_facts *facts) {
    for (size_t i = 0; i < actor->persons_count && facts->conflict == NULL; i++) {
        struct nullable_text conflict;
        TRY(sql_request_find_conflict(tx, &conflict, .request = facts->id,
                                      .account = actor->persons[i].account_id));
        facts->conflict = conflict.or_null;
    }
    return ERR_NONE;
}

enum err request_view_read(struct context *context, struct tx *tx, const char *id,
                           enum visibility least, struct request_view *view) {
    struct request_row row;
    if (!text_is_uuid(id)) {
        return ERR_NOT_FOUND;
    }
    TRY(sql_request_find(tx, &row, .request = id, .account = context->actor->account_id));
    *view =
        (struct request_view){.facts = facts_of(context->actor, &row),
                              .product = products_find(context->services->products, row.product),
                              .organisation_state = row.organisation_state,
                              .organisation_name = row.organisation_name.or_null,
                              .legal_category = row.legal_category.or_null,
                              .applicant_email = row.applicant_email,
                              .applicant_given_name = row.applicant_given_name,
                              .applicant_family_name = row.applicant_family_name};
    view->use_case =
        view->product == NULL ? NULL : product_find_use_case(view->product, row.use_case);
    if (view->use_case == NULL) {
        return context_fail(context, ERR_UNAVAILABLE,
                            "Le produit de cette demande n’est pas servi en ce moment.");
    }
    TRY(read_fields(context, row.fields, &view->fields));
    if (context->actor->kind == ACTOR_CLIENT && context->actor->client_product != NULL) {
        TRY(find_conflict(tx, context->actor, &view->facts));
    }
    return request_policy_check_visibility(context, &view->facts, least);
}

enum err request_view_lock(struct context *context, struct tx *tx, const char *id,
                           struct request_view *view) {
    if (!text_is_uuid(id)) {
        return ERR_NOT_FOUND;
    }
    /* Apart from the reading, which then sees what the former holder of the lock has written. */
    TRY(sql_request_lock(tx, .request = id));
    return request_view_read(context, tx, id, VISIBILITY_SUMMARY, view);
}

enum err request_view_lock_for(struct context *context, struct tx *tx, const char *id,
                               enum request_event event, struct request_view *view,
                               enum actor_role *actor_role) {
    const struct request_transition *row = NULL;
    TRY(request_view_lock(context, tx, id, view));
    return request_policy_check_event(context, &view->facts, event, &row, actor_role);
}

enum err request_view_begin(struct context *context, struct tx *tx, const char *id,
                            enum visibility least, struct request_view *view) {
    const struct identity identity = context_identity(context);
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_READ, tx));
    return request_view_read(context, tx, id, least, view);
}

/* The names of the acts that the actor may do now, in the order of the contract. */
static const char *permissions(const struct context *context, const struct request_view *view) {
    const unsigned events = request_policy_list_events(context->actor, &view->facts);
    struct value *list = value_array(context->arena);
    for (int event = 0; event < EVENT_COUNT; event++) {
        if ((events & (1U << event)) != 0) {
            value_push(list,
                       value_text(context->arena, request_event_name((enum request_event)event)));
        }
    }
    return json_text(context->arena, list);
}

enum err request_view_render(struct context *context, struct tx *tx,
                             const struct request_view *view, const char **document,
                             int64_t *version) {
    struct request_document row;
    const bool is_staff = request_view_is_staff(context, view);
    if (request_policy_find_visibility(context->actor, &view->facts) == VISIBILITY_FULL) {
        TRY(sql_request_render(
            tx, &row, .request = view->facts.id, .account = context->actor->account_id,
            .is_staff = is_staff, .permissions = permissions(context, view),
            .conflict = request_policy_find_conflict(context->actor, &view->facts)));
    } else {
        TRY(sql_request_render_summary(
            tx, &row, .request = view->facts.id, .account = context->actor->account_id,
            .is_staff = is_staff,
            .use_case_names = request_use_case_names(context->arena, context->services->products)));
    }
    *document = row.document;
    *version = row.version;
    return ERR_NONE;
}

enum err request_view_answer(struct context *context, struct tx *tx, const char *id,
                             struct act_answer *answer) {
    struct request_view now;
    TRY(request_view_read(context, tx, id, VISIBILITY_SUMMARY, &now));
    return request_view_render(context, tx, &now, &answer->json, &answer->version);
}

enum err request_view_show(struct context *context, const char *id, const char **document,
                           int64_t *version) {
    struct request_view view;
    TX_AUTO(tx);
    TRY(request_view_begin(context, &tx, id, VISIBILITY_SUMMARY, &view));
    TRY(request_view_render(context, &tx, &view, document, version));
    return tx_commit(&tx);
}

struct form_subject request_view_subject(const struct request_view *view) {
    return (struct form_subject){.product = view->product,
                                 .use_case = view->use_case,
                                 .is_administration = eligibility_is_by_nature(
                                     eligibility_find_ground(view->legal_category))};
}

bool request_view_is_staff(const struct context *context, const struct request_view *view) {
    return request_policy_is_staff_of(context->actor, &view->facts);
}

struct audit_event request_view_audit(const struct request_view *view, const char *action,
                                      const struct value *detail) {
    return (struct audit_event){.action = action,
                                .subject_type = "request",
                                .subject_id = view->facts.id,
                                .product = view->facts.product,
                                .siret = view->facts.siret,
                                .detail = detail};
}

void request_view_name_program(const struct context *context, struct value *detail) {
    if (context->actor->kind == ACTOR_CLIENT) {
        value_set_text(context->arena, detail, "program", context->actor->client_name);
    }
}

enum err request_view_add_history(struct context *context, struct tx *tx,
                                  const struct request_view *view, const char *event,
                                  enum request_state to, enum actor_role actor_role,
                                  const struct value *detail) {
    struct value *kept =
        detail == NULL ? value_object(context->arena) : value_copy(context->arena, detail);
    request_view_name_program(context, kept);
    return sql_request_event_add(
        tx, .request = view->facts.id, .event = event,
        .from_state = request_state_name(view->facts.state), .to_state = request_state_name(to),
        .account = context->actor->account_id, .as_staff = actor_role == ACTOR_ROLE_INSTRUCTOR,
        .detail = json_text(context->arena, kept));
}

enum err request_view_list_changes(struct context *context, struct tx *tx,
                                   const struct request_view *view, struct value **changes,
                                   const char **since) {
    struct arena *arena = context->arena;
    const struct value *fields = NULL;
    struct request_former former;
    struct value *files = NULL;
    bool found = false;
    *changes = NULL;
    *since = NULL;
    TRY(sql_request_event_find_former(tx, &found, &former, .request = view->facts.id));
    if (!found) {
        return ERR_NONE;
    }
    TRY(read_fields(context, former.fields, &fields));
    TRY(json_parse(arena, former.files, strlen(former.files), &files, NULL));
    *changes = form_list_changes(arena, fields, view->fields);
    for (size_t i = 0; i < value_count(files); i++) {
        value_push(*changes, value_item(files, i));
    }
    *since = former.submitted_at;
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
        value_set(names, product->id, of_product);
    }
    return json_text(arena, names);
}
