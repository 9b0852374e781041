#include "request/request_act.h"
#include "base/json.h"
#include "core/act.h"
#include "product/form_format.h"
#include "product/form_scopes.h"
#include "request/request_check.h"
#include "request/request_mail.h"
#include "security/random.h"
#include "token/token.h"
#include <string.h>

enum { CODE_GROUPS = 4 };

/* One act on its way through the table. */
struct transition_run {
    struct context *context;
    struct act act;
    const struct request_act *asked;
    struct request_view file;
    const struct request_transition *row;
    enum actor_role actor_role;
    struct value *granted; /* scopes of an approval */
    struct value *refused;
    int64_t warnings; /* of a submission; -1: none was made */
    const char *decision_id;
    const char *habilitation_id;
};

static bool has_effect(const struct transition_run *run, enum request_effect effect) {
    return (run->row->effects & effect) != 0;
}

static void fault(const struct transition_run *run, const char *pointer, const char *code,
                  const char *message) {
    field_errors_add(run->context->errors, pointer, code, "%s", message);
}

/* Splits what was asked into what is granted and what is not; open data always come along. */
static void split_scopes(struct transition_run *run) {
    struct arena *arena = run->context->arena;
    const struct value *asked = value_get(run->file.fields, "scopes");
    const struct value *wanted = run->asked->granted_scopes;
    run->granted = value_array(arena);
    run->refused = value_array(arena);
    for (size_t i = 0; i < value_count(asked); i++) {
        const char *id = value_text_of(value_item(asked, i));
        const struct product_scope *scope = product_find_scope(run->file.product, id);
        const bool is_granted =
            wanted == NULL || value_has_text(wanted, id) || (scope != NULL && scope->is_open_data);
        value_push(arena, is_granted ? run->granted : run->refused, value_text(arena, id));
    }
}

static void check_granted_scopes(struct transition_run *run) {
    const struct value *asked = value_get(run->file.fields, "scopes");
    const struct value *wanted = run->asked->granted_scopes;
    if (wanted == NULL) {
        return;
    }
    if (run->row->event != EVENT_APPROVE) {
        fault(run, "/granted_scopes", "not_allowed",
              "Les données accordées n’accompagnent qu’une acceptation.");
        return;
    }
    const size_t before = run->context->errors->count;
    form_scopes_check_list(run->context->arena, run->context->errors, run->file.product,
                           "/granted_scopes", wanted);
    for (size_t i = 0; run->context->errors->count == before && i < value_count(wanted); i++) {
        const char *id = value_text_of(value_item(wanted, i));
        const struct product_scope *scope = product_find_scope(run->file.product, id);
        if (!value_has_text(asked, id) && (scope == NULL || !scope->is_open_data)) {
            fault(run, arena_printf(run->context->arena, "/granted_scopes/%zu", i), "not_allowed",
                  "Cette donnée n’a pas été demandée.");
        }
    }
}

static bool needs_reason(const struct transition_run *run) {
    return (run->row->needs & NEED_REASON) != 0 ||
           ((run->row->needs & NEED_STAFF_REASON) != 0 &&
            run->actor_role == ACTOR_ROLE_INSTRUCTOR) ||
           (run->row->event == EVENT_APPROVE && value_count(run->refused) > 0);
}

static enum err check_input(struct transition_run *run) {
    const char *reason = run->asked->reason;
    check_granted_scopes(run);
    TRY(field_errors_verdict(run->context->errors));
    split_scopes(run);
    if (needs_reason(run) && (reason == NULL || format_is_blank(reason))) {
        fault(run, "/reason", "required",
              "Donnez le motif de cette décision : il est envoyé au demandeur.");
    }
    if (run->row->event == EVENT_APPROVE && value_count(run->granted) == 0) {
        fault(run, "/granted_scopes", "too_short",
              "Accordez au moins une donnée, ou refusez la demande.");
    }
    return field_errors_verdict(run->context->errors);
}

static enum err check_complete(struct transition_run *run) {
    struct request_report report;
    if ((run->row->needs & NEED_COMPLETE) == 0) {
        return ERR_NONE;
    }
    TRY(request_check(run->context, &run->act.tx, &run->file, &report));
    run->warnings = (int64_t)report.warnings_count;
    for (const struct field_error *e = report.missing.first; e != NULL; e = e->next) {
        fault(run, e->pointer, e->code, e->message);
    }
    return field_errors_verdict(run->context->errors);
}

static enum err parse_fields(struct arena *arena, const char *text, const struct value **out) {
    struct value *fields = NULL;
    TRY(json_parse(arena, text, strlen(text), &fields, NULL));
    *out = fields;
    return ERR_NONE;
}

/* What was last granted, whatever a reopening has changed since. */
static enum err find_snapshot(struct transition_run *run, struct rows **rows,
                              const struct value **fields) {
    TRY(tx_query(&run->act.tx, &SQL_HABILITATION_FIND_SNAPSHOT, rows,
                 P_TEXT(run->file.facts.habilitation_id)));
    return parse_fields(run->context->arena, rows_text(*rows, 0, "fields"), fields);
}

/* After a reopening something has to differ from what was approved. */
static enum err check_changed(struct transition_run *run) {
    struct rows *rows = NULL;
    const struct value *former = NULL;
    if ((run->row->needs & NEED_CHANGE) == 0 || !run->file.facts.is_reopened) {
        return ERR_NONE;
    }
    TRY(find_snapshot(run, &rows, &former));
    const bool same_files =
        strcmp(rows_text(rows, 0, "files"), rows_text(rows, 0, "files_now")) == 0;
    if (same_files &&
        value_count(form_list_changes(run->context->arena, former, run->file.fields)) == 0) {
        return context_fail(run->context, ERR_CONFLICT,
                            "Rien n’a changé depuis l’acceptation : modifiez la demande avant de "
                            "l’envoyer, ou annulez la réouverture.");
    }
    return ERR_NONE;
}

static enum err decide(struct transition_run *run) {
    struct rows *rows = NULL;
    struct arena *arena = run->context->arena;
    const bool approves = run->row->event == EVENT_APPROVE;
    if (!has_effect(run, EFFECT_DECIDE)) {
        return ERR_NONE;
    }
    TRY(tx_query(&run->act.tx, &SQL_DECISION_ADD, &rows, P_TEXT(run->file.facts.id),
                 P_TEXT(request_event_name(run->row->event)), P_TEXT(run->asked->reason),
                 P_TEXT(run->asked->message),
                 P_TEXT(approves ? json_text(arena, run->granted) : NULL),
                 P_TEXT(approves ? json_text(arena, run->refused) : NULL),
                 P_TEXT(run->context->actor->account_id)));
    run->decision_id = rows_text(rows, 0, "id");
    return ERR_NONE;
}

static enum err grant(struct transition_run *run) {
    const struct request_view *file = &run->file;
    struct rows *rows = NULL;
    if (!has_effect(run, EFFECT_GRANT)) {
        return ERR_NONE;
    }
    TRY(tx_query(&run->act.tx, &SQL_HABILITATION_ADD, &rows, P_TEXT(file->facts.id),
                 P_TEXT(run->decision_id), P_TEXT(json_text(run->context->arena, run->granted)),
                 P_TEXT(random_code(run->context->arena, CODE_GROUPS))));
    run->habilitation_id = rows_text(rows, 0, "id");
    return tx_query(&run->act.tx, &SQL_HABILITATION_ATTACH, NULL, P_TEXT(run->habilitation_id),
                    P_TEXT(file->facts.id));
}

/* After the move: the events of a token say what its request is now. */
static enum err change_token(struct transition_run *run) {
    const struct request_view *file = &run->file;
    const char *token_id = NULL;
    if (has_effect(run, EFFECT_KILL_TOKEN)) {
        return token_revoke_of_request(&run->act, file->facts.id, run->asked->reason);
    }
    if (!has_effect(run, EFFECT_GRANT)) {
        return ERR_NONE;
    }
    const struct token_grant token = {.request_id = file->facts.id,
                                      .habilitation_id = run->habilitation_id,
                                      .product = file->facts.product,
                                      .siret = file->facts.siret,
                                      .scopes = run->granted,
                                      .lifetime_months = file->product->token_lifetime_months};
    return token_issue(&run->act, &token, &token_id);
}

static enum err restore(struct transition_run *run) {
    if (!has_effect(run, EFFECT_RESTORE)) {
        return ERR_NONE;
    }
    TRY(tx_query(&run->act.tx, &SQL_ATTACHMENT_RESTORE, NULL, P_TEXT(run->file.facts.id)));
    return tx_query(&run->act.tx, &SQL_REQUEST_RESTORE_FIELDS, NULL, P_TEXT(run->file.facts.id));
}

static enum err move(struct transition_run *run) {
    const struct request_transition *row = run->row;
    const bool submits = row->event == EVENT_SUBMIT;
    const bool stays_reopened =
        run->file.facts.is_reopened && row->to != STATE_APPROVED && row->to != STATE_REVOKED;
    return tx_query(&run->act.tx, &SQL_REQUEST_MOVE, NULL, P_TEXT(run->file.facts.id),
                    P_TEXT(request_transition_key(row)), P_TEXT(request_state_name(row->to)),
                    P_BOOLEAN(stays_reopened || row->event == EVENT_REOPEN), P_BOOLEAN(submits),
                    P_BOOLEAN(has_effect(run, EFFECT_DECIDE)),
                    submits ? P_INTEGER(run->warnings) : P_NULL, P_TEXT(run->habilitation_id));
}

/* With a submission: what changed since the staff last judged, and the data and files that were sent. */
static enum err remember_sent(struct transition_run *run, struct value *detail) {
    struct arena *arena = run->context->arena;
    struct value *files = value_array(arena);
    struct value *changes = NULL;
    const char *since = NULL;
    struct rows *rows = NULL;
    TRY(request_view_list_changes(run->context, &run->act.tx, &run->file, &changes, &since));
    if (changes != NULL) {
        value_set(arena, detail, "changes", changes);
    }
    TRY(tx_query(&run->act.tx, &SQL_ATTACHMENT_LIST_FACTS, &rows, P_TEXT(run->file.facts.id)));
    for (size_t i = 0; i < rows->count; i++) {
        struct value *file = value_object(arena);
        value_set_text(arena, file, "id", rows_text(rows, i, "id"));
        value_set_text(arena, file, "kind", rows_text(rows, i, "kind"));
        value_set_text(arena, file, "name", rows_text(rows, i, "file_name"));
        value_push(arena, files, file);
    }
    value_set(arena, detail, "fields", value_copy(arena, run->file.fields));
    value_set(arena, detail, "files", files);
    return ERR_NONE;
}

/* What the history tells: the words of who acted, and what was sent. */
static enum err remember(struct transition_run *run) {
    struct arena *arena = run->context->arena;
    struct value *detail = value_object(arena);
    if (run->asked->reason != NULL) {
        value_set_text(arena, detail, "reason", run->asked->reason);
    }
    if (run->row->event == EVENT_SUBMIT) {
        TRY(remember_sent(run, detail));
    }
    return request_view_remember(run->context, &run->act.tx, &run->file,
                                 request_event_name(run->row->event), run->row->to, run->actor_role,
                                 detail);
}

/* The mail to the applicant; NULL where this act sends none. */
static const char *template_of(const struct transition_run *run) {
    switch (run->row->event) {
    case EVENT_SUBMIT:
        return "request_acknowledgement";
    case EVENT_REQUEST_CHANGES:
        return "request_changes_requested";
    case EVENT_APPROVE:
        return "request_approved";
    case EVENT_REFUSE:
        return run->row->to == STATE_APPROVED ? "request_reopening_refused" : "request_refused";
    case EVENT_REVOKE:
        return "request_revoked";
    case EVENT_CANCEL_REOPENING:
        return run->actor_role == ACTOR_ROLE_INSTRUCTOR ? "request_reopening_cancelled" : NULL;
    case EVENT_ARCHIVE:
        return run->actor_role == ACTOR_ROLE_PROGRAM ? "request_archived" : NULL;
    case EVENT_CREATE:
    case EVENT_EDIT:
    case EVENT_DELETE:
    case EVENT_REOPEN:
    case EVENT_TRANSFER:
    case EVENT_MESSAGE:
    case EVENT_NOTE:
    case EVENT_ASSIGN:
    case EVENT_COUNT:
        break;
    }
    return NULL;
}

static struct value *mail_data(struct transition_run *run) {
    struct arena *arena = run->context->arena;
    struct value *data = request_mail_data(run->context, &run->file);
    if (run->asked->reason != NULL) {
        value_set_text(arena, data, "reason", run->asked->reason);
    }
    if (run->asked->message != NULL) {
        value_set_text(arena, data, "message", run->asked->message);
    }
    if (run->row->event == EVENT_APPROVE) {
        value_set(arena, data, "scopes",
                  request_mail_labels(arena, run->file.product, run->granted));
        value_set(arena, data, "refused_scopes",
                  request_mail_labels(arena, run->file.product, run->refused));
        if (value_count(run->refused) > 0) {
            value_set_text(arena, data, "partial", "1");
        }
    }
    return data;
}

/* How long an answer took lately, for the acknowledgement. */
static enum err add_delay(struct transition_run *run, struct value *data) {
    struct rows *rows = NULL;
    TRY(tx_query(&run->act.tx, &SQL_STATISTICS_FIND_MEDIAN_DAYS, &rows,
                 P_TEXT(run->file.facts.product)));
    const char *days = rows_text(rows, 0, "days");
    if (days != NULL) {
        const char *name = strcmp(days, "1") == 0 ? "within_a_day" : "expected_days";
        value_set_text(run->context->arena, data, name, days);
    }
    return ERR_NONE;
}

/* Those that the grant names, be it given or taken away: not those of a draft beside it. */
static enum err tell_contacts(struct transition_run *run) {
    const bool revoked = run->row->event == EVENT_REVOKE;
    const struct value *fields = run->file.fields;
    struct rows *rows = NULL;
    if (!has_effect(run, EFFECT_MAIL_CONTACTS)) {
        return ERR_NONE;
    }
    if (revoked) {
        TRY(find_snapshot(run, &rows, &fields));
    }
    request_mail_contacts(&run->act, &run->file, fields, run->granted, revoked);
    return ERR_NONE;
}

static enum err send_mails(struct transition_run *run) {
    const char *template = template_of(run);
    if (has_effect(run, EFFECT_MAIL_APPLICANT) && template != NULL) {
        struct value *data = mail_data(run);
        if (run->row->event == EVENT_SUBMIT) {
            TRY(add_delay(run, data));
        }
        request_mail_applicant(&run->act, &run->file, template, data);
    }
    if (has_effect(run, EFFECT_MAIL_INSTRUCTORS)) {
        TRY(request_mail_instructors(&run->act, &run->file));
    }
    return tell_contacts(run);
}

static struct audit_event audit_of(const struct transition_run *run) {
    struct arena *arena = run->context->arena;
    struct value *detail = value_object(arena);
    value_set_text(arena, detail, "from", request_state_name(run->row->from));
    value_set_text(arena, detail, "to", request_state_name(run->row->to));
    if (run->decision_id != NULL) {
        value_set_text(arena, detail, "decision_id", run->decision_id);
    }
    if (run->habilitation_id != NULL) {
        value_set_text(arena, detail, "habilitation_id", run->habilitation_id);
    }
    return (struct audit_event){
        .action = arena_printf(arena, "request.%s", request_event_name(run->row->event)),
        .subject_type = "request",
        .subject_id = run->file.facts.id,
        .product = run->file.facts.product,
        .siret = run->file.facts.siret,
        .detail = detail};
}

/* What is answered, as it is once everything has moved. */
static enum err render_answer(struct transition_run *run, struct act_answer *answer) {
    const char *id = run->file.facts.id;
    struct request_view after;
    struct rows *rows = NULL;
    switch (run->asked->answer) {
    case REQUEST_ANSWERS_NOTHING:
        return ERR_NONE;
    case REQUEST_ANSWERS_GIVEN:
        *answer = (struct act_answer){.status = 200, .json = run->asked->given};
        return ERR_NONE;
    case REQUEST_ANSWERS_DECISION:
        TRY(tx_query(&run->act.tx, &SQL_DECISION_RENDER, &rows, P_TEXT(run->decision_id),
                     P_BOOLEAN(request_view_is_staff(run->context, &run->file))));
        *answer = (struct act_answer){.status = 201, .json = rows_text(rows, 0, "document")};
        return ERR_NONE;
    case REQUEST_ANSWERS_REQUEST:
        answer->status = 200;
        TRY(request_view_open(run->context, &run->act.tx, id, false, false, &after));
        return request_view_render(run->context, &run->act.tx, &after, &answer->json,
                                   &answer->version);
    }
    return ERR_INTERNAL;
}

static enum err open_transition(struct transition_run *run, const char *id, bool lock) {
    const int64_t version = run->asked->if_version;
    TRY(request_view_open(run->context, &run->act.tx, id, lock, false, &run->file));
    if (version != 0 && run->file.facts.version != version) {
        return ERR_CONFLICT;
    }
    TRY(request_policy_check_event(run->context, &run->file.facts, run->asked->event, &run->row,
                                   &run->actor_role));
    return check_input(run);
}

static enum err run_effects(struct transition_run *run) {
    TRY(check_complete(run));
    TRY(check_changed(run));
    TRY(decide(run));
    TRY(grant(run));
    TRY(restore(run));
    TRY(send_mails(run));
    TRY(remember(run));
    TRY(move(run));
    return change_token(run);
}

static enum err run_transition(struct transition_run *run, const char *id) {
    struct act_answer answer = {0};
    TRY(act_begin(&run->act, run->context));
    TRY(open_transition(run, id, true));
    TRY(run_effects(run));
    TRY(render_answer(run, &answer));
    const char *event =
        arena_printf(run->context->arena, "request.%s", request_event_past_name(run->asked->event));
    return act_commit(&run->act, &(struct act_outcome){.audit = audit_of(run),
                                                       .event = event,
                                                       .event_request_id = id,
                                                       .answer = answer});
}

enum err request_act(struct context *context, const char *id, const struct request_act *asked) {
    struct transition_run run = {.context = context, .asked = asked, .warnings = -1};
    const enum err err = run_transition(&run, id);
    act_end(&run.act);
    return err;
}

enum err request_act_preview(struct context *context, const char *id,
                             const struct request_act *asked, struct request_preview *preview) {
    const struct identity identity = context_identity(context);
    struct transition_run run = {.context = context, .asked = asked, .warnings = -1};
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_READ, &run.act.tx));
    enum err err = open_transition(&run, id, false);
    err = err == ERR_NONE ? tx_commit(&run.act.tx) : err;
    act_end(&run.act);
    TRY(err);
    *preview = (struct request_preview){.recipient = run.file.applicant_email,
                                        .template = template_of(&run),
                                        .data = mail_data(&run)};
    return preview->template == NULL ? ERR_CONFLICT : ERR_NONE;
}
