#include "request/request_act.h"
#include "base/json.h"
#include "core/act.h"
#include "product/form_format.h"
#include "product/form_scopes.h"
#include "request/request_check.h"
#include "request/request_mail.h"
#include "request/request_proposal.h"
#include "security/random.h"
#include "sql/request.h"
#include "token/token.h"
#include <string.h>

enum { CODE_GROUPS = 4 };

/* What one act found out and did so far. */
struct transition_run {
    struct context *context;
    struct act act;
    const struct request_act *asked;
    struct request_view view;
    const struct request_transition *row;
    enum actor_role actor_role;
    struct request_report report; /* of a submission */
    struct value *granted;        /* scopes */
    struct value *refused;
    struct decision_made decision; /* zeroed: none */
    struct request_moved moved;
    struct proposal_row proposal; /* that is confirmed or declined; zeroed: none */
    struct request_act confirmed; /* what it says; `asked` then */
    bool declines_own;
};

static bool has_effect(const struct transition_run *run, enum request_effect effect) {
    return (run->row->effects & effect) != 0;
}

static void add_error(const struct transition_run *run, const char *pointer, const char *code,
                      const char *message) {
    field_errors_add(run->context->errors, pointer, code, "%s", message);
}

/* --- Checks ------------------------------------------------------------------------------------ */

/* Splits the scopes that were asked for into granted and refused ones; open data is always granted. */
static void split_scopes(struct transition_run *run) {
    struct arena *arena = run->context->arena;
    const struct value *asked = value_get(run->view.fields, "scopes");
    const struct value *wanted = run->asked->granted_scopes;
    run->granted = value_array(arena);
    run->refused = value_array(arena);
    for (size_t i = 0; i < value_count(asked); i++) {
        const char *id = value_text_of(value_item(asked, i));
        const struct product_scope *scope = product_find_scope(run->view.product, id);
        const bool is_granted =
            wanted == NULL || value_has_text(wanted, id) || (scope != NULL && scope->is_open_data);
        value_push(is_granted ? run->granted : run->refused, value_text(arena, id));
    }
}

static void check_granted_scopes(struct transition_run *run) {
    const struct value *asked = value_get(run->view.fields, "scopes");
    const struct value *wanted = run->asked->granted_scopes;
    if (wanted == NULL) {
        return;
    }
    if (!has_effect(run, EFFECT_GRANT)) {
        add_error(run, "/granted_scopes", "not_allowed",
                  "Les données accordées n’accompagnent qu’une acceptation.");
        return;
    }
    const size_t before = run->context->errors->count;
    form_scopes_check_list(run->context->arena, run->context->errors, run->view.product,
                           "/granted_scopes", wanted);
    for (size_t i = 0; run->context->errors->count == before && i < value_count(wanted); i++) {
        const char *id = value_text_of(value_item(wanted, i));
        const struct product_scope *scope = product_find_scope(run->view.product, id);
        if (!value_has_text(asked, id) && (scope == NULL || !scope->is_open_data)) {
            add_error(run, arena_printf(run->context->arena, "/granted_scopes/%zu", i),
                      "not_allowed", "Cette donnée n’a pas été demandée.");
        }
    }
}

static bool needs_reason(const struct transition_run *run) {
    return (run->row->needs & NEED_REASON) != 0 ||
           ((run->row->needs & NEED_STAFF_REASON) != 0 &&
            run->actor_role == ACTOR_ROLE_INSTRUCTOR) ||
           (run->row->event == EVENT_DECLINE && run->view.facts.proposal == PROPOSAL_OTHER) ||
           (has_effect(run, EFFECT_GRANT) && value_count(run->refused) > 0);
}

static enum err check_input(struct transition_run *run) {
    const char *reason = run->asked->reason;
    check_granted_scopes(run);
    TRY(field_errors_verdict(run->context->errors));
    split_scopes(run);
    if (needs_reason(run) && (reason == NULL || format_is_blank(reason))) {
        add_error(run, "/reason", "required",
                  run->row->event == EVENT_DECLINE
                      ? "Donnez le motif : il est envoyé à la personne qui a proposé l’acceptation."
                      : "Donnez le motif de cette décision : il est envoyé au demandeur.");
    }
    if (has_effect(run, EFFECT_GRANT) && value_count(run->granted) == 0) {
        add_error(run, "/granted_scopes", "too_short",
                  "Accordez au moins une donnée, ou refusez la demande.");
    }
    return field_errors_verdict(run->context->errors);
}

static enum err check_complete(struct transition_run *run) {
    if ((run->row->needs & NEED_COMPLETE) == 0) {
        return ERR_NONE;
    }
    TRY(request_check(run->context, &run->act.tx, &run->view, &run->report));
    for (const struct field_error *e = run->report.missing.first; e != NULL; e = e->next) {
        add_error(run, e->pointer, e->code, e->message);
    }
    return field_errors_verdict(run->context->errors);
}

/* What was granted last, whatever a reopening has changed since. */
static enum err find_snapshot(struct transition_run *run, struct value **fields,
                              bool *has_same_files) {
    struct habilitation_snapshot snapshot;
    TRY(sql_habilitation_find_snapshot(&run->act.tx, &snapshot,
                                       .habilitation = run->view.facts.habilitation_id));
    *has_same_files = snapshot.has_same_files;
    return json_parse(run->context->arena, snapshot.fields, strlen(snapshot.fields), fields, NULL);
}

/* After a reopening something has to differ from what was granted. */
static enum err check_changed(struct transition_run *run) {
    struct value *granted = NULL;
    bool has_same_files = false;
    if ((run->row->needs & NEED_CHANGE) == 0 || !run->view.facts.is_reopened) {
        return ERR_NONE;
    }
    TRY(find_snapshot(run, &granted, &has_same_files));
    if (has_same_files &&
        value_count(form_list_changes(run->context->arena, granted, run->view.fields)) == 0) {
        return context_fail(run->context, ERR_CONFLICT,
                            "Rien n’a changé depuis l’acceptation : modifiez la demande avant de "
                            "l’envoyer, ou annulez la réouverture.");
    }
    return ERR_NONE;
}

/* --- Effects ----------------------------------------------------------------------------------- */

static enum err decide(struct transition_run *run) {
    struct arena *arena = run->context->arena;
    const bool grants = has_effect(run, EFFECT_GRANT);
    if (!has_effect(run, EFFECT_DECIDE)) {
        return ERR_NONE;
    }
    return sql_decision_add(&run->act.tx, &run->decision, .request = run->view.facts.id,
                            .outcome = request_event_told_name(run->row->event),
                            .reason = run->asked->reason, .message = run->asked->message,
                            .granted_scopes = grants ? json_text(arena, run->granted) : NULL,
                            .refused_scopes = grants ? json_text(arena, run->refused) : NULL,
                            .account = run->context->actor->account_id,
                            .confirmation_code = grants ? random_code(arena, CODE_GROUPS) : NULL,
                            .is_staff = request_view_is_staff(run->context, &run->view),
                            .proposed_by = run->proposal.proposed_by,
                            .program = run->context->actor->client_name);
}

static enum err restore(struct transition_run *run) {
    return has_effect(run, EFFECT_RESTORE)
               ? sql_request_restore(&run->act.tx, .request = run->view.facts.id)
               : ERR_NONE;
}

static enum err change_token(struct transition_run *run) {
    const struct request_facts *facts = &run->view.facts;
    if (has_effect(run, EFFECT_REVOKE_TOKEN)) {
        return token_revoke_of_request(&run->act, facts->id, run->asked->reason);
    }
    if (!has_effect(run, EFFECT_GRANT)) {
        return ERR_NONE;
    }
    const struct token_grant grant = {.request_id = facts->id,
                                      .habilitation_id = run->decision.habilitation_id.or_null,
                                      .product = facts->product,
                                      .siret = facts->siret,
                                      .scopes = run->granted,
                                      .lifetime_months = run->view.product->token_lifetime_months};
    return token_issue(&run->act, &grant);
}

/* The history keeps of a submission the data and files that were sent, and what changed since the staff
 * last decided. */
static enum err add_submission(struct transition_run *run, struct value *detail) {
    struct arena *arena = run->context->arena;
    struct value *files = value_array(arena);
    struct value *changes = NULL;
    const char *since = NULL;
    TRY(request_view_list_changes(run->context, &run->act.tx, &run->view, &changes, &since));
    if (changes != NULL) {
        value_set(detail, "changes", changes);
    }
    for (size_t i = 0; i < run->report.files_count; i++) {
        struct value *file = value_object(arena);
        value_set_text(arena, file, "id", run->report.files[i].id);
        value_set_text(arena, file, "kind", run->report.files[i].kind);
        value_set_text(arena, file, "name", run->report.files[i].file_name);
        value_push(files, file);
    }
    value_set(detail, "fields", value_copy(arena, run->view.fields));
    value_set(detail, "files", files);
    return ERR_NONE;
}

static enum err move(struct transition_run *run) {
    const struct request_transition *row = run->row;
    struct arena *arena = run->context->arena;
    struct value *detail = value_object(arena);
    const bool submits = row->event == EVENT_SUBMIT;
    struct request_facts *facts = &run->view.facts;
    const bool is_reopened =
        row->event == EVENT_REOPEN ||
        (facts->is_reopened && row->to != STATE_APPROVED && row->to != STATE_REVOKED);
    if (run->asked->reason != NULL) {
        value_set_text(arena, detail, "reason", run->asked->reason);
    }
    request_view_name_program(run->context, detail);
    if (submits) {
        TRY(add_submission(run, detail));
    }
    TRY(sql_request_move(
        &run->act.tx, &run->moved, .request = facts->id, .transition = request_transition_key(row),
        .state = request_state_name(row->to), .is_reopened = is_reopened, .submits = submits,
        .decides = has_effect(run, EFFECT_DECIDE),
        .warnings = submits ? nullable_int((int64_t)run->report.warnings_count) : NULL_INT,
        .habilitation = run->decision.habilitation_id.or_null,
        .event = request_event_told_name(row->event), .account = run->context->actor->account_id,
        .as_staff = run->actor_role == ACTOR_ROLE_INSTRUCTOR, .detail = json_text(arena, detail)));
    /* What the answer is about, without reading the request again. */
    facts->state = row->to;
    facts->is_reopened = is_reopened;
    facts->was_submitted |= submits;
    facts->proposal = PROPOSAL_NONE;
    return ERR_NONE;
}

/* --- Mails ------------------------------------------------------------------------------------- */

/* The template of the mail to the applicant; NULL where this act sends none. */
static const char *template_of(const struct transition_run *run) {
    static const char *const TEMPLATES[EVENT_COUNT] = {
        [EVENT_SUBMIT] = "request_acknowledgement",
        [EVENT_REQUEST_CHANGES] = "request_changes_requested",
        [EVENT_APPROVE] = "request_approved",
        [EVENT_CONFIRM] = "request_approved",
        [EVENT_REFUSE] = "request_refused",
        [EVENT_REVOKE] = "request_revoked",
        [EVENT_CANCEL_REOPENING] = "request_reopening_cancelled",
        [EVENT_ARCHIVE] = "request_archived",
    };
    const enum request_event event = run->row->event;
    if (event == EVENT_REFUSE && run->row->to == STATE_APPROVED) {
        return "request_reopening_refused";
    }
    /* What applicants did themselves is not told to them. */
    return (event == EVENT_CANCEL_REOPENING && run->actor_role != ACTOR_ROLE_INSTRUCTOR) ||
                   (event == EVENT_ARCHIVE && run->actor_role != ACTOR_ROLE_PROGRAM)
               ? NULL
               : TEMPLATES[event];
}

static struct value *mail_data(struct transition_run *run) {
    struct arena *arena = run->context->arena;
    struct value *data = request_mail_data(run->context, &run->view);
    if (run->asked->reason != NULL) {
        value_set_text(arena, data, "reason", run->asked->reason);
    }
    if (run->asked->message != NULL) {
        value_set_text(arena, data, "message", run->asked->message);
    }
    if (has_effect(run, EFFECT_GRANT)) {
        value_set(data, "scopes", request_mail_labels(arena, run->view.product, run->granted));
        value_set(data, "refused_scopes",
                  request_mail_labels(arena, run->view.product, run->refused));
        if (value_count(run->refused) > 0) {
            value_set_text(arena, data, "partial", "1");
        }
    }
    return data;
}

/* The acknowledgement says how long a decision took lately. */
static void add_delay(const struct transition_run *run, struct value *data) {
    const struct nullable_int days = run->moved.expected_days;
    if (days.has_value) {
        value_set_text(run->context->arena, data,
                       days.value == 1 ? "within_a_day" : "expected_days",
                       arena_printf(run->context->arena, "%lld", (long long)days.value));
    }
}

/* Whose contacts are told: those that are granted, or were, not those of a draft that was reopened. NULL: none. */
static enum err find_contacts(struct transition_run *run, const struct value **fields) {
    struct value *granted = NULL;
    bool has_same_files = false;
    *fields = has_effect(run, EFFECT_MAIL_CONTACTS) ? run->view.fields : NULL;
    if (*fields == NULL || run->row->event != EVENT_REVOKE) {
        return ERR_NONE;
    }
    TRY(find_snapshot(run, &granted, &has_same_files));
    *fields = granted;
    return ERR_NONE;
}

/* Who proposed an approval reads why another instructor declined it. */
static void tell_proposer(struct transition_run *run) {
    if (run->row->event == EVENT_DECLINE && !run->declines_own) {
        request_proposal_tell(&run->act, &run->view, &run->proposal, run->asked->reason);
    }
}

/* The mail to the applicant, and those to the contacts. */
static enum err tell_organisation(struct transition_run *run) {
    struct request_letter letter = {.template = template_of(run), .audience = AUDIENCE_APPLICANT};
    struct request_told told;
    if (!has_effect(run, EFFECT_MAIL_APPLICANT) || letter.template == NULL) {
        return ERR_NONE;
    }
    TRY(find_contacts(run, &letter.contacts_in));
    TRY(request_mail_find(&run->act.tx, &run->view, &letter, &told));
    struct value *data = mail_data(run);
    add_delay(run, data);
    request_mail_send(&run->act, &letter, data, &told);
    request_mail_contacts(&run->act,
                          &(struct contact_letter){.view = &run->view,
                                                   .fields = letter.contacts_in,
                                                   .scopes = run->granted,
                                                   .revoked = run->row->event == EVENT_REVOKE},
                          &told);
    return ERR_NONE;
}

static enum err send_mails(struct transition_run *run) {
    TRY(tell_organisation(run));
    if (has_effect(run, EFFECT_MAIL_INSTRUCTORS)) {
        TRY(request_mail_instructors(&run->act, &run->view, "request_to_instruct"));
    }
    tell_proposer(run);
    return ERR_NONE;
}

/* --- The act ----------------------------------------------------------------------------------- */

static struct audit_event audit_of(const struct transition_run *run) {
    struct arena *arena = run->context->arena;
    struct value *detail = value_object(arena);
    value_set_text(arena, detail, "from", request_state_name(run->row->from));
    value_set_text(arena, detail, "to", request_state_name(run->row->to));
    if (run->decision.id != NULL) {
        value_set_text(arena, detail, "decision_id", run->decision.id);
    }
    if (run->decision.habilitation_id.or_null != NULL) {
        value_set_text(arena, detail, "habilitation_id", run->decision.habilitation_id.or_null);
    }
    if (run->proposal.proposed_by != NULL) {
        value_set_text(arena, detail, "proposed_by", run->proposal.proposed_by);
    }
    return request_view_audit(
        &run->view, arena_printf(arena, "request.%s", request_event_told_name(run->row->event)),
        detail);
}

static enum err render_answer(struct transition_run *run, struct act_answer *answer) {
    switch (run->asked->answer) {
    case REQUEST_ANSWERS_NOTHING:
        return ERR_NONE;
    case REQUEST_ANSWERS_GIVEN:
        *answer = (struct act_answer){.status = 200, .json = run->asked->given};
        return ERR_NONE;
    case REQUEST_ANSWERS_DECISION:
        *answer = (struct act_answer){.status = 201, .json = run->decision.document};
        return ERR_NONE;
    case REQUEST_ANSWERS_REQUEST:
        answer->status = 200;
        return request_view_render(run->context, &run->act.tx, &run->view, &answer->json,
                                   &answer->version);
    }
    return err_internal("an act answers with no document that is known");
}

static enum err take_proposal(struct transition_run *run) {
    if ((run->row->needs & NEED_PROPOSAL) == 0) {
        return ERR_NONE;
    }
    TRY(request_proposal_take(&run->act, &run->view, run->asked, &run->proposal, &run->confirmed));
    run->declines_own = run->view.facts.proposal == PROPOSAL_OWN;
    if (run->row->event == EVENT_CONFIRM) {
        run->asked = &run->confirmed;
    }
    return ERR_NONE;
}

/* With the request read: the row by which the event moves it, and whether the input allows it. */
static enum err check_transition(struct transition_run *run) {
    const struct nullable_int asked = run->asked->if_version;
    const enum err err = request_policy_check_event(run->context, &run->view.facts,
                                                    run->asked->event, &run->row, &run->actor_role);
    /* Whether they may is said first, what became of the state last: that is to be read again. */
    if ((err == ERR_NONE || err == ERR_CONFLICT) && asked.has_value &&
        run->view.facts.version != asked.value) {
        return context_fail(run->context, ERR_STALE,
                            "La demande a changé depuis que vous l’avez lue : relisez-la avant de "
                            "décider.");
    }
    TRY(err);
    TRY(take_proposal(run));
    return check_input(run);
}

static enum err run_effects(struct transition_run *run) {
    TRY(decide(run));
    TRY(restore(run));
    TRY(move(run));
    TRY(send_mails(run));
    return change_token(run);
}

static bool needs_second(const struct transition_run *run) {
    return run->row->event == EVENT_APPROVE &&
           product_needs_second(run->view.product, run->granted);
}

/* Whoever knew the secret of a program could be the first through it and the second themselves. */
static enum err check_is_person(struct context *context) {
    return context->actor->kind == ACTOR_CLIENT
               ? context_fail(context, ERR_FORBIDDEN,
                              "Cette approbation demande deux personnes : un programme ne peut pas "
                              "la proposer.")
               : ERR_NONE;
}

/* What programs are told; NULL: nothing, an approval that is declined was told to none. */
static const char *webhook_event_of(const struct transition_run *run) {
    return run->row->event == EVENT_DECLINE
               ? NULL
               : arena_printf(run->context->arena, "request.%s",
                              request_event_past_name(run->asked->event));
}

static enum err run_transition(struct transition_run *run, const char *id) {
    struct act_answer answer = {0};
    TRY(act_begin(&run->act, run->context));
    TRY(request_view_lock(run->context, &run->act.tx, id, &run->view));
    TRY(check_transition(run));
    TRY(check_complete(run));
    TRY(check_changed(run));
    if (needs_second(run)) {
        TRY(check_is_person(run->context));
        return request_proposal_make(&run->act,
                                     &(struct request_approval){.view = &run->view,
                                                                .asked = run->asked,
                                                                .granted = run->granted,
                                                                .refused = run->refused,
                                                                .actor_role = run->actor_role});
    }
    TRY(run_effects(run));
    TRY(render_answer(run, &answer));
    return act_commit(&run->act, &(struct act_outcome){.audit = audit_of(run),
                                                       .event = webhook_event_of(run),
                                                       .event_request_id = id,
                                                       .answer = answer});
}

enum err request_act(struct context *context, const char *id, const struct request_act *asked) {
    struct transition_run run = {.context = context, .asked = asked};
    const enum err err = run_transition(&run, id);
    act_end(&run.act);
    return err;
}

enum err request_act_preview(struct context *context, const char *id,
                             const struct request_act *asked, struct request_preview *preview) {
    struct transition_run run = {.context = context, .asked = asked};
    TX_AUTO(tx);
    TRY(request_view_begin(context, &tx, id, VISIBILITY_SUMMARY, &run.view));
    TRY(check_transition(&run));
    preview->template = template_of(&run);
    if (preview->template == NULL) {
        return ERR_CONFLICT;
    }
    TRY(request_mail_find(&tx, &run.view, &(struct request_letter){.audience = AUDIENCE_APPLICANT},
                          &preview->told));
    TRY(tx_commit(&tx));
    preview->data = mail_data(&run);
    if (!run.view.facts.has_applicant) {
        value_set(preview->data, "in_place", value_boolean(context->arena, true));
    }
    return ERR_NONE;
}
