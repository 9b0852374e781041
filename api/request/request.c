#include "request/request.h"
#include "base/json.h"
#include "base/text.h"
#include "core/act.h"
#include "core/email.h"
#include "core/idempotency.h"
#include "core/siret.h"
#include "core/webhook_event.h"
#include "organisation/eligibility.h"
#include "request/request_mail.h"
#include "request/request_view.h"
#include <string.h>

/* Read again after the change, so that permissions and version are those of now. */
static enum err finish(struct context *context, struct tx *tx, const char *id,
                       const struct audit_event *record, const char **document, int64_t *version) {
    struct request_view now;
    TRY(request_view_open(context, tx, id, false, false, &now));
    TRY(request_view_render(context, tx, &now, document, version));
    TRY(idempotency_mark(tx, context->idempotency));
    TRY(audit_event_add(context, tx, record));
    return tx_commit(tx);
}

static struct audit_event record_of(const char *action, const struct request_view *file) {
    return (struct audit_event){.action = action,
                                .subject_type = "request",
                                .subject_id = file->facts.id,
                                .product = file->facts.product,
                                .siret = file->facts.siret};
}

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

/* An active member of an organisation that the directory says to be open, and that may be eligible. */
static enum err check_ground(struct context *context, struct tx *tx, const char *siret) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_REQUEST_FIND_GROUND, &rows, P_TEXT(siret),
                 P_TEXT(context->actor->account_id)));
    if (rows->count == 0) {
        return context_fail(context, ERR_FORBIDDEN,
                            "Vous n’êtes pas membre actif de cette organisation.");
    }
    const char *state = rows_text(rows, 0, "organisation_state");
    if (strcmp(state, "closed") == 0) {
        field_errors_add(context->errors, "/siret", "closed",
                         "Cet établissement est fermé : il ne peut pas faire de demande.");
    } else if (strcmp(state, "open") != 0) {
        field_errors_add(
            context->errors, "/siret", "pending_directory",
            "Le répertoire des établissements ne répond pas et n’a pas encore confirmé "
            "celui-ci. Recommencez dans quelques minutes : rien d’autre n’est à faire.");
    }
    if (eligibility_is_excluded(eligibility_find_ground(rows_text(rows, 0, "legal_category")))) {
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

static enum err insert(struct context *context, struct tx *tx, const struct draft *draft,
                       const char **document, int64_t *version) {
    struct rows *rows = NULL;
    struct request_view file;
    TRY(tx_query(tx, &SQL_REQUEST_CREATE, &rows, P_TEXT(draft->product->id),
                 P_TEXT(draft->use_case->id), P_TEXT(draft->product->form_version),
                 P_TEXT(draft->siret), P_TEXT(context->actor->account_id),
                 P_TEXT(json_text(context->arena, draft->fields)), P_TEXT(draft->copied_from)));
    TRY(request_view_open(context, tx, rows_text(rows, 0, "id"), false, true, &file));
    const enum request_state now = file.facts.state;
    file.facts.state = STATE_NONE;
    TRY(request_view_remember(context, tx, &file, request_event_name(EVENT_CREATE), now,
                              ACTOR_ROLE_APPLICANT, NULL));
    TRY(webhook_event_add(tx, "request.created", file.facts.id));
    const struct audit_event record = record_of("request.create", &file);
    return finish(context, tx, file.facts.id, &record, document, version);
}

enum err request_create(struct context *context, const struct request_start *start,
                        const char **document, int64_t *version) {
    const struct identity identity = context_identity(context);
    char siret[SIRET_TEXT_BYTES];
    const struct product *product = NULL;
    const struct use_case *use_case = find_use_case(context, start, &product);
    const enum err parsed = siret_parse(context->errors, "/siret", start->siret, siret);
    if (parsed != ERR_NONE || context->errors->count > 0) {
        return ERR_INVALID;
    }
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_WRITE, &tx));
    TRY(check_ground(context, &tx, siret));
    const struct form_subject subject = {.product = product, .use_case = use_case};
    const struct draft draft = {product, use_case, siret, form_new_fields(context->arena, &subject),
                                NULL};
    return insert(context, &tx, &draft, document, version);
}

enum err request_copy(struct context *context, const char *id, const char **document,
                      int64_t *version) {
    const struct identity identity = context_identity(context);
    struct request_view file;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_WRITE, &tx));
    TRY(request_view_open(context, &tx, id, false, true, &file));
    TRY(check_ground(context, &tx, file.facts.siret));
    if (!file.use_case->startable_by_applicant) {
        return context_fail(context, ERR_CONFLICT,
                            "Ce cas d’usage n’est plus proposé aux nouvelles demandes.");
    }
    struct value *fields = value_copy(context->arena, file.fields);
    value_remove(fields, "terms_accepted");
    value_remove(fields, "dpo_informed");
    value_remove(fields, "production_date");
    const struct draft draft = {file.product, file.use_case, file.facts.siret, fields, id};
    return insert(context, &tx, &draft, document, version);
}

/* One change list over another of the same person: the former values of the first, the new ones of
 * the last, and nothing of what is back where it was. */
static struct value *join_changes(struct arena *arena, const struct value *earlier,
                                  const struct value *later) {
    struct value *out = value_array(arena);
    for (size_t i = 0; i < value_count(earlier); i++) {
        struct value *change = value_copy(arena, value_item(earlier, i));
        for (size_t j = 0; j < value_count(later); j++) {
            const struct value *next = value_item(later, j);
            if (value_equal(value_get(next, "pointer"), value_get(change, "pointer"))) {
                value_set(arena, change, "new", value_copy(arena, value_get(next, "new")));
            }
        }
        if (!value_equal(value_get(change, "former"), value_get(change, "new"))) {
            value_push(arena, out, change);
        }
    }
    for (size_t i = 0; i < value_count(later); i++) {
        bool is_known = false;
        for (size_t j = 0; j < value_count(earlier); j++) {
            is_known |= value_equal(value_get(value_item(later, i), "pointer"),
                                    value_get(value_item(earlier, j), "pointer"));
        }
        if (!is_known) {
            value_push(arena, out, value_copy(arena, value_item(later, i)));
        }
    }
    return out;
}

/* Saves in a row by one person are one line of the history. */
static enum err remember_edit(struct context *context, struct tx *tx,
                              const struct request_view *file, const struct value *fields) {
    struct rows *rows = NULL;
    struct value *changes = form_list_changes(context->arena, file->fields, fields);
    struct value *detail = NULL;
    if (value_count(changes) == 0) {
        return ERR_NONE;
    }
    TRY(tx_query(tx, &SQL_REQUEST_EVENT_FIND_LAST_EDIT, &rows, P_TEXT(file->facts.id),
                 P_TEXT(context->actor->account_id)));
    if (rows->count == 0) {
        detail = value_object(context->arena);
        value_set(context->arena, detail, "changes", changes);
        TRY(webhook_event_add(tx, "request.updated", file->facts.id));
        return request_view_remember(context, tx, file, request_event_name(EVENT_EDIT),
                                     file->facts.state, ACTOR_ROLE_APPLICANT, detail);
    }
    const char *json = rows_text(rows, 0, "detail");
    TRY(json_parse(context->arena, json, strlen(json), &detail, NULL));
    value_set(context->arena, detail, "changes",
              join_changes(context->arena, value_get(detail, "changes"), changes));
    return tx_query(tx, &SQL_REQUEST_EVENT_UPDATE_EDIT, NULL, P_TEXT(rows_text(rows, 0, "id")),
                    P_TEXT(json_text(context->arena, detail)));
}

enum err request_update(struct context *context, const char *id, int64_t expected_version,
                        const struct value *patch, const char **document, int64_t *version) {
    const struct identity identity = context_identity(context);
    const struct request_transition *row = NULL;
    enum actor_role actor_role = ACTOR_ROLE_APPLICANT;
    struct request_view file;
    struct value *fields = NULL;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_WRITE, &tx));
    TRY(request_view_open(context, &tx, id, true, false, &file));
    TRY(request_policy_check_event(context, &file.facts, EVENT_EDIT, &row, &actor_role));
    if (expected_version >= 0 && expected_version != file.facts.version) {
        return context_fail(context, ERR_STALE,
                            "La demande a été modifiée entre-temps : relisez-la avant "
                            "d’enregistrer.");
    }
    const struct form_subject subject = request_view_subject(&file);
    TRY(form_apply_patch(context->arena, context->errors, &subject, file.fields, patch, &fields));
    const char *terms =
        value_get_boolean(fields, "terms_accepted", false) ? file.product->terms_version : NULL;
    TRY(tx_query(&tx, &SQL_REQUEST_UPDATE_FIELDS, NULL, P_TEXT(id),
                 P_TEXT(json_text(context->arena, fields)), P_TEXT(terms)));
    TRY(remember_edit(context, &tx, &file, fields));
    struct request_view now;
    TRY(request_view_open(context, &tx, id, false, false, &now));
    TRY(request_view_render(context, &tx, &now, document, version));
    return tx_commit(&tx);
}

enum err request_delete(struct context *context, const char *id) {
    const struct identity identity = context_identity(context);
    const struct request_transition *row = NULL;
    enum actor_role actor_role = ACTOR_ROLE_APPLICANT;
    struct request_view file;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_WRITE, &tx));
    TRY(request_view_open(context, &tx, id, true, false, &file));
    TRY(request_policy_check_event(context, &file.facts, EVENT_DELETE, &row, &actor_role));
    TRY(webhook_event_add(&tx, "request.deleted", id));
    TRY(tx_query(&tx, &SQL_REQUEST_DELETE, NULL, P_TEXT(id)));
    const struct audit_event record = record_of("request.delete", &file);
    TRY(audit_event_add(context, &tx, &record));
    return tx_commit(&tx);
}

static void tell_transfer(struct act *act, const struct request_view *file,
                          const struct request_view *now) {
    struct arena *arena = act->context->arena;
    struct value *data = request_mail_data(act->context, now);
    value_set_text(
        arena, data, "former",
        arena_printf(arena, "%s %s", file->applicant_given_name, file->applicant_family_name));
    request_mail_applicant(act, now, "request_transferred_to_you", data);
    data = request_mail_data(act->context, file);
    value_set_text(
        arena, data, "successor",
        arena_printf(arena, "%s %s", now->applicant_given_name, now->applicant_family_name));
    request_mail_applicant(act, file, "request_transferred", data);
}

static enum err find_successor(struct context *context, struct tx *tx,
                               const struct request_view *file, const char *text,
                               const char **account_id) {
    struct rows *rows = NULL;
    struct email email;
    TRY(email_parse(context->errors, "/email", text, &email));
    TRY(tx_query(tx, &SQL_REQUEST_FIND_SUCCESSOR, &rows, P_TEXT(file->facts.siret),
                 P_TEXT(email.key)));
    if (rows->count == 0) {
        field_errors_add(context->errors, "/email", "not_found",
                         "Aucun membre actif de l’organisation n’a cette adresse.");
        return ERR_INVALID;
    }
    *account_id = rows_text(rows, 0, "id");
    if (strcmp(*account_id, file->facts.applicant_id) == 0) {
        field_errors_add(context->errors, "/email", "not_allowed",
                         "Cette personne porte déjà la demande.");
        return ERR_INVALID;
    }
    return ERR_NONE;
}

static struct value *transfer_detail(struct arena *arena, const struct request_view *file,
                                     const struct request_view *now) {
    struct value *detail = value_object(arena);
    struct value *changes = value_array(arena);
    struct value *change = value_object(arena);
    value_set_text(arena, change, "pointer", "/applicant");
    value_set_text(arena, change, "former", file->applicant_email);
    value_set_text(arena, change, "new", now->applicant_email);
    value_push(arena, changes, change);
    value_set(arena, detail, "changes", changes);
    return detail;
}

/* As the program itself: who hands a request on may see it no more afterwards. */
enum err request_transfer(struct context *context, const char *id, const char *email) {
    struct identity identity = context_identity(context);
    const struct request_transition *row = NULL;
    enum actor_role actor_role = ACTOR_ROLE_APPLICANT;
    const char *successor = NULL;
    struct request_view file;
    struct request_view now;
    struct act_answer answer = {.status = 200};
    ACT_AUTO(act);
    identity.is_system = true;
    TRY(act_begin_as(&act, context, &identity));
    TRY(request_view_open(context, &act.tx, id, true, false, &file));
    TRY(request_policy_check_event(context, &file.facts, EVENT_TRANSFER, &row, &actor_role));
    TRY(find_successor(context, &act.tx, &file, email, &successor));
    TRY(tx_query(&act.tx, &SQL_REQUEST_TRANSFER, NULL, P_TEXT(id), P_TEXT(successor)));
    const struct actor program = {.kind = ACTOR_SYSTEM, .account_id = context->actor->account_id};
    struct context inside = *context;
    inside.actor = &program;
    TRY(request_view_open(&inside, &act.tx, id, false, false, &now));
    tell_transfer(&act, &file, &now);
    TRY(request_view_remember(context, &act.tx, &file, request_event_name(EVENT_TRANSFER),
                              file.facts.state, actor_role,
                              transfer_detail(context->arena, &file, &now)));
    TRY(request_view_render(context, &act.tx, &now, &answer.json, &answer.version));
    return act_commit(&act, &(struct act_outcome){.audit = record_of("request.transfer", &file),
                                                  .event = "request.transferred",
                                                  .event_request_id = id,
                                                  .answer = answer});
}

enum err request_assign(struct context *context, const char *id, const char *account_id,
                        const char **document, int64_t *version) {
    const struct identity identity = context_identity(context);
    const struct request_transition *row = NULL;
    enum actor_role actor_role = ACTOR_ROLE_INSTRUCTOR;
    struct request_view file;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_WRITE, &tx));
    TRY(request_view_open(context, &tx, id, true, false, &file));
    TRY(request_policy_check_event(context, &file.facts, EVENT_ASSIGN, &row, &actor_role));
    if (account_id != NULL) {
        struct rows *rows = NULL;
        TRY(tx_query(&tx, &SQL_REQUEST_FIND_ASSIGNEE, &rows, P_TEXT(file.facts.product),
                     P_TEXT(account_id)));
        if (rows->count == 0) {
            field_errors_add(context->errors, "/account_id", "not_found",
                             "Cette personne n’est pas instructeur de ce produit.");
            return ERR_INVALID;
        }
    }
    TRY(tx_query(&tx, &SQL_REQUEST_ASSIGN, NULL, P_TEXT(id), P_TEXT(account_id)));
    TRY(request_view_remember(context, &tx, &file, request_event_name(EVENT_ASSIGN),
                              file.facts.state, actor_role, NULL));
    TRY(webhook_event_add(&tx, "request.assigned", id));
    const struct audit_event record = record_of("request.assign", &file);
    return finish(context, &tx, id, &record, document, version);
}

enum err request_list(struct context *context, const struct request_filter *filter,
                      const struct page *page, const char **document) {
    const struct identity identity = context_identity(context);
    struct rows *rows = NULL;
    TRY(pool_query(context->services->pool, context->arena, &identity, TX_READ, &SQL_REQUEST_LIST,
                   &rows, P_TEXT(context->actor->account_id), P_TEXT(filter->states),
                   P_TEXT(filter->product), P_TEXT(filter->use_case), P_TEXT(filter->siret),
                   P_TEXT(filter->words), P_TEXT(filter->assignee), P_TEXT(filter->relation),
                   P_TEXT(request_use_case_names(context->arena, context->services->products)),
                   P_PAGE_TIME(page), P_BOOLEAN(filter->by_age)));
    *document = rows_text(rows, 0, "document");
    return ERR_NONE;
}

enum err request_export(struct context *context, const struct request_filter *filter,
                        const char **csv) {
    const struct identity identity = context_identity(context);
    struct rows *rows = NULL;
    if (!actor_is_staff(context->actor)) {
        return context_fail(context, ERR_FORBIDDEN, "L’export est réservé à l’instruction.");
    }
    TRY(pool_query(context->services->pool, context->arena, &identity, TX_READ, &SQL_REQUEST_EXPORT,
                   &rows, P_TEXT(context->actor->account_id), P_TEXT(filter->states),
                   P_TEXT(filter->product), P_TEXT(filter->use_case), P_TEXT(filter->siret),
                   P_TEXT(filter->words), P_TEXT(filter->assignee), P_TEXT(filter->relation),
                   P_TEXT(request_use_case_names(context->arena, context->services->products))));
    *csv = rows_text(rows, 0, "document");
    return ERR_NONE;
}
