#include "request/request.h"
#include "base/json.h"
#include "core/act.h"
#include "core/siret.h"
#include "organisation/eligibility.h"
#include "request/request_view.h"
#include "sql/request.h"
#include <string.h>

static const struct use_case *find_use_case(struct context *context,
                                            const struct request_start *start,
                                            const struct product **product) {
    *product = products_find(context->services->products, start->product);
    if (*product == NULL) {
        field_errors_add(context->errors, "/product", "unknown_value",
                         "Ce produit n’existe pas : voyez le catalogue.");
        return NULL;
    }
    const struct use_case *use_case = product_find_use_case(*product, start->use_case);
    if (use_case == NULL) {
        field_errors_add(context->errors, "/use_case", "unknown_value",
                         "Ce cas d’usage n’existe pas pour ce produit.");
    } else if (!use_case->startable_by_applicant) {
        field_errors_add(context->errors, "/use_case", "not_allowed",
                         "Ce cas d’usage n’est plus proposé aux nouvelles demandes.");
    }
    return use_case;
}

/* The actor is an active member of an organisation that the directory says to be open, and that may be
 * eligible. */
static enum err check_ground(struct context *context, struct tx *tx, const char *siret) {
    struct request_ground ground;
    bool found = false;
    TRY(sql_request_find_ground(tx, &found, &ground, .siret = siret,
                                .account = context->actor->account_id));
    if (!found) {
        return context_fail(context, ERR_FORBIDDEN,
                            "Vous n’êtes pas membre actif de cette organisation.");
    }
    if (strcmp(ground.organisation_state, "closed") == 0) {
        field_errors_add(context->errors, "/siret", "closed",
                         "Cet établissement est fermé : il ne peut pas faire de demande.");
    } else if (strcmp(ground.organisation_state, "open") != 0) {
        field_errors_add(
            context->errors, "/siret", "pending_directory",
            "Le répertoire des établissements ne répond pas et n’a pas encore confirmé "
            "celui-ci. Recommencez dans quelques minutes : rien d’autre n’est à faire.");
    }
    if (eligibility_is_excluded(eligibility_find_ground(ground.legal_category.or_null))) {
        field_errors_add(context->errors, "/siret", "not_eligible",
                         "Une personne physique ne peut pas demander d’accès.");
    }
    return field_errors_verdict(context->errors);
}

struct draft {
    const struct product *product;
    const struct use_case *use_case;
    const char *siret;
    const struct value *fields;
    const char *copied_from; /* NULL: none */
};

static enum err add_draft(struct act *act, const struct draft *draft) {
    struct context *context = act->context;
    struct request_view view;
    struct act_answer answer = {.status = 201};
    const char *id = NULL;
    bool added = false;
    TRY(sql_request_lock_applicant(&act->tx, .account = context->actor->account_id));
    TRY(sql_request_create(
        &act->tx, &added, &id, .product = draft->product->id, .use_case = draft->use_case->id,
        .form_version = draft->product->form_version, .siret = draft->siret,
        .account = context->actor->account_id, .fields = json_text(context->arena, draft->fields),
        .copied_from = draft->copied_from,
        .drafts_max = context->services->config->drafts_per_account));
    if (!added) {
        return context_fail(
            context, ERR_CONFLICT,
            arena_printf(context->arena,
                         "Vous avez déjà %lld brouillons : envoyez-en ou supprimez-en un avant "
                         "d’en commencer un autre.",
                         (long long)context->services->config->drafts_per_account));
    }
    TRY(request_view_read(context, &act->tx, id, VISIBILITY_FULL, &view));
    TRY(request_view_render(context, &act->tx, &view, &answer.json, &answer.version));
    const enum request_state state = view.facts.state;
    view.facts.state = STATE_NONE; /* what it was before */
    TRY(request_view_add_history(context, &act->tx, &view, request_event_name(EVENT_CREATE), state,
                                 ACTOR_ROLE_APPLICANT, NULL));
    return act_commit(
        act, &(struct act_outcome){.audit = request_view_audit(&view, "request.create", NULL),
                                   .event = "request.created",
                                   .event_request_id = id,
                                   .answer = answer});
}

enum err request_create(struct context *context, const struct request_start *start) {
    char siret[SIRET_TEXT_BYTES];
    const struct product *product = NULL;
    const struct use_case *use_case = find_use_case(context, start, &product);
    const enum err parsed = siret_parse(context->errors, "/siret", start->siret, siret);
    if (product == NULL || use_case == NULL || parsed != ERR_NONE || context->errors->count > 0) {
        return ERR_INVALID;
    }
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(check_ground(context, &act.tx, siret));
    const struct form_subject subject = {.product = product, .use_case = use_case};
    return add_draft(&act, &(struct draft){.product = product,
                                           .use_case = use_case,
                                           .siret = siret,
                                           .fields = form_new_fields(context->arena, &subject)});
}

enum err request_copy(struct context *context, const char *id) {
    struct request_view view;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(request_view_read(context, &act.tx, id, VISIBILITY_FULL, &view));
    TRY(check_ground(context, &act.tx, view.facts.siret));
    if (!view.use_case->startable_by_applicant) {
        return context_fail(context, ERR_CONFLICT,
                            "Ce cas d’usage n’est plus proposé aux nouvelles demandes.");
    }
    struct value *fields = value_copy(context->arena, view.fields);
    value_remove(fields, "terms_accepted");
    value_remove(fields, "dpo_informed");
    value_remove(fields, "production_date");
    return add_draft(&act, &(struct draft){.product = view.product,
                                           .use_case = view.use_case,
                                           .siret = view.facts.siret,
                                           .fields = fields,
                                           .copied_from = id});
}

/* Two lists of changes as one: the former values of the earlier, the new ones of the later; what is as it
 * was before is left out. */
static struct value *join_changes(struct arena *arena, const struct value *earlier,
                                  const struct value *later) {
    struct value *out = value_array(arena);
    for (size_t i = 0; i < value_count(earlier); i++) {
        struct value *change = value_copy(arena, value_item(earlier, i));
        for (size_t j = 0; j < value_count(later); j++) {
            const struct value *next = value_item(later, j);
            if (value_equal(value_get(next, "pointer"), value_get(change, "pointer"))) {
                value_set(change, "new", value_copy(arena, value_get(next, "new")));
            }
        }
        if (!value_equal(value_get(change, "former"), value_get(change, "new"))) {
            value_push(out, change);
        }
    }
    for (size_t i = 0; i < value_count(later); i++) {
        bool is_known = false;
        for (size_t j = 0; j < value_count(earlier); j++) {
            is_known |= value_equal(value_get(value_item(later, i), "pointer"),
                                    value_get(value_item(earlier, j), "pointer"));
        }
        if (!is_known) {
            value_push(out, value_copy(arena, value_item(later, i)));
        }
    }
    return out;
}

/* Saves in a row by one person are one entry of the history, and one webhook event. */
static enum err add_edit(struct act *act, const struct request_view *view,
                         const struct value *fields) {
    struct context *context = act->context;
    struct value *changes = form_list_changes(context->arena, view->fields, fields);
    struct value *detail = NULL;
    struct request_edit last;
    bool found = false;
    if (value_count(changes) == 0) {
        return ERR_NONE;
    }
    TRY(sql_request_event_find_last_edit(&act->tx, &found, &last, .request = view->facts.id,
                                         .account = context->actor->account_id));
    if (!found) {
        detail = value_object(context->arena);
        value_set(detail, "changes", changes);
        act_event(act, "request.updated", view->facts.id);
        return request_view_add_history(context, &act->tx, view, request_event_name(EVENT_EDIT),
                                        view->facts.state, ACTOR_ROLE_APPLICANT, detail);
    }
    TRY(json_parse(context->arena, last.detail, strlen(last.detail), &detail, NULL));
    value_set(detail, "changes",
              join_changes(context->arena, value_get(detail, "changes"), changes));
    return sql_request_event_update_edit(&act->tx, .event = last.id,
                                         .detail = json_text(context->arena, detail));
}

enum err request_update(struct context *context, const char *id, int64_t expected_version,
                        const struct value *patch) {
    enum actor_role actor_role = ACTOR_ROLE_APPLICANT;
    struct request_view view;
    struct value *fields = NULL;
    struct act_answer answer = {.status = 200};
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(request_view_lock_for(context, &act.tx, id, EVENT_EDIT, &view, &actor_role));
    if (expected_version >= 0 && expected_version != view.facts.version) {
        return context_fail(context, ERR_STALE,
                            "La demande a été modifiée entre-temps : relisez-la avant "
                            "d’enregistrer.");
    }
    const struct form_subject subject = request_view_subject(&view);
    TRY(form_apply_patch(context->arena, context->errors, &subject, view.fields, patch, &fields));
    const bool accepts_terms = value_get_boolean(fields, "terms_accepted", false);
    TRY(sql_request_update_fields(
        &act.tx, .request = id, .fields = json_text(context->arena, fields),
        .terms_version = accepts_terms ? view.product->terms_version : NULL));
    TRY(add_edit(&act, &view, fields));
    TRY(request_view_answer(context, &act.tx, id, &answer));
    return act_commit(&act, &(struct act_outcome){.answer = answer});
}

enum err request_delete(struct context *context, const char *id) {
    enum actor_role actor_role = ACTOR_ROLE_APPLICANT;
    struct request_view view;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(request_view_lock_for(context, &act.tx, id, EVENT_DELETE, &view, &actor_role));
    TRY(sql_request_delete(&act.tx, .request = id));
    return act_commit(
        &act, &(struct act_outcome){.audit = request_view_audit(&view, "request.delete", NULL),
                                    .answer = {.status = 204}});
}

static enum err check_assignee(struct context *context, struct tx *tx,
                               const struct request_view *view, const char *account_id) {
    struct request_assignee assignee = {.is_instructor = true};
    if (account_id != NULL) {
        TRY(sql_request_find_assignee(tx, &assignee, .request = view->facts.id,
                                      .account = account_id));
    }
    if (!assignee.is_instructor) {
        field_errors_add(context->errors, "/account_id", "not_found",
                         "Cette personne n’est pas instructeur de ce produit.");
        return ERR_INVALID;
    }
    if (assignee.has_conflict) {
        field_errors_add(context->errors, "/account_id", "not_allowed",
                         "Cette personne est liée à la demande (demandeur, contact ou membre de "
                         "l’organisation) : elle ne peut pas l’instruire.");
        return ERR_INVALID;
    }
    return ERR_NONE;
}

enum err request_assign(struct context *context, const char *id, const char *account_id) {
    enum actor_role actor_role = ACTOR_ROLE_INSTRUCTOR;
    struct request_view view;
    struct act_answer answer = {.status = 200};
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(request_view_lock_for(context, &act.tx, id, EVENT_ASSIGN, &view, &actor_role));
    TRY(check_assignee(context, &act.tx, &view, account_id));
    TRY(sql_request_assign(&act.tx, .request = id, .account = account_id));
    TRY(request_view_add_history(context, &act.tx, &view, request_event_name(EVENT_ASSIGN),
                                 view.facts.state, actor_role, NULL));
    TRY(request_view_answer(context, &act.tx, id, &answer));
    return act_commit(
        &act, &(struct act_outcome){.audit = request_view_audit(&view, "request.assign", NULL),
                                    .event = "request.assigned",
                                    .event_request_id = id,
                                    .answer = answer});
}

/* What the list and its export have in common. */
#define FILTER(arena_, services_, account_, filter_)                                               \
    .account = (account_), .states = (filter_)->states, .product = (filter_)->product,             \
    .use_case = (filter_)->use_case, .siret = (filter_)->siret, .words = (filter_)->words,         \
    .assignee = (filter_)->assignee, .relation = (filter_)->relation,                              \
    .use_case_names = request_use_case_names((arena_), (services_)->products)

enum err request_list(struct context *context, const struct request_filter *filter,
                      const struct page *page, const char **document) {
    const struct identity identity = context_identity(context);
    struct tx once = tx_once(context->services->pool, context->arena, &identity, TX_READ);
    return sql_request_list(
        &once, document,
        FILTER(context->arena, context->services, context->actor->account_id, filter),
        PAGE_TIME(page), .by_age = filter->by_age);
}

enum err request_export_check(struct context *context) {
    return actor_is_staff(context->actor)
               ? ERR_NONE
               : context_fail(context, ERR_FORBIDDEN, "L’export est réservé à l’instruction.");
}

static const char EXPORT_COLUMNS[] = "number,id,state,product,use_case,siret,organisation,title,"
                                     "applicant,assignee,warnings,created_at,submitted_at,"
                                     "decided_at\r\n";
enum { EXPORT_ROWS = 2000 };

enum err request_export_next(const struct services *services, struct arena *arena,
                             struct request_export *export, struct buf *out, int64_t *rows,
                             bool *is_over) {
    const bool is_first = !export->has_head;
    struct request_export_page page;
    struct tx once = tx_once(services->heavy_pool, arena, &export->identity, TX_READ);
    TRY(sql_request_export(
        &once, &page, FILTER(arena, services, export->identity.account_id, &export->filter),
        .after = export->number, .limit = EXPORT_ROWS, .as_json = export->as_json));
    if (is_first) {
        buf_puts(out, export->as_json ? "{\"items\": [" : EXPORT_COLUMNS);
        export->has_head = true;
    }
    if (page.lines.or_null != NULL) {
        /* No comma before the first request. */
        buf_puts(out, page.lines.or_null + (export->as_json && is_first ? 1 : 0));
    }
    *rows = page.rows;
    *is_over = !page.next_number.has_value;
    export->number = nullable_int_or(page.next_number, 0);
    buf_puts(out, export->as_json && *is_over ? "\n]}\n" : "");
    return ERR_NONE;
}
