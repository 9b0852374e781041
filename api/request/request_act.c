#include "request/request_act.h"
#include "base/json.h"
#include "core/audit_event.h"
#include "core/idempotency.h"
#include "core/webhook_event.h"
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
    struct tx *tx;
    const struct request_act *act;
    struct request_view file;
    const struct request_transition *row;
    enum actor_role actor_role;
    struct value *granted; /* scopes of an approval */
    struct value *refused;
    int64_t warnings; /* of a submission; -1: none was made */
    const char *decision_id;
    const char *habilitation_id;
};

static bool has_effect(const struct transition_run *transition_run, enum request_effect effect) {
    return (transition_run->row->effects & effect) != 0;
}

static void fault(const struct transition_run *transition_run, const char *pointer,
                  const char *code, const char *message) {
    field_errors_add(transition_run->context->errors, pointer, code, "%s", message);
}

/* Splits what was asked into what is granted and what is not; open data always come along. */
static void split_scopes(struct transition_run *transition_run) {
    struct arena *arena = transition_run->context->arena;
    const struct value *asked = value_get(transition_run->file.fields, "scopes");
    const struct value *wanted = transition_run->act->granted_scopes;
    transition_run->granted = value_array(arena);
    transition_run->refused = value_array(arena);
    for (size_t i = 0; i < value_count(asked); i++) {
        const char *id = asked->array.items[i]->text;
        const struct product_scope *scope = product_find_scope(transition_run->file.product, id);
        const bool is_granted =
            wanted == NULL || value_has_text(wanted, id) || (scope != NULL && scope->is_open_data);
        value_push(arena, is_granted ? transition_run->granted : transition_run->refused,
                   value_text(arena, id));
    }
}

static void check_granted_scopes(struct transition_run *transition_run) {
    const struct value *asked = value_get(transition_run->file.fields, "scopes");
    const struct value *wanted = transition_run->act->granted_scopes;
    if (wanted == NULL) {
        return;
    }
    if (transition_run->row->event != EVENT_APPROVE) {
        fault(transition_run, "/granted_scopes", "not_allowed",
              "Les données accordées n’accompagnent qu’une acceptation.");
        return;
    }
    const size_t before = transition_run->context->errors->count;
    form_scopes_check_list(transition_run->context->arena, transition_run->context->errors,
                           transition_run->file.product, "/granted_scopes", wanted);
    for (size_t i = 0; transition_run->context->errors->count == before && i < value_count(wanted);
         i++) {
        const char *id = wanted->array.items[i]->text;
        const struct product_scope *scope = product_find_scope(transition_run->file.product, id);
        if (!value_has_text(asked, id) && (scope == NULL || !scope->is_open_data)) {
            fault(transition_run,
                  arena_printf(transition_run->context->arena, "/granted_scopes/%zu", i),
                  "not_allowed", "Cette donnée n’a pas été demandée.");
        }
    }
}

static bool needs_reason(const struct transition_run *transition_run) {
    return (transition_run->row->needs & NEED_REASON) != 0 ||
           ((transition_run->row->needs & NEED_STAFF_REASON) != 0 &&
            transition_run->actor_role == ACTOR_ROLE_INSTRUCTOR) ||
           (transition_run->row->event == EVENT_APPROVE &&
            value_count(transition_run->refused) > 0);
}

static enum err check_input(struct transition_run *transition_run) {
    const char *reason = transition_run->act->reason;
    check_granted_scopes(transition_run);
    TRY(field_errors_verdict(transition_run->context->errors));
    split_scopes(transition_run);
    if (needs_reason(transition_run) && (reason == NULL || format_is_blank(reason))) {
        fault(transition_run, "/reason", "required",
              "Donnez le motif de cette décision : il est envoyé au demandeur.");
    }
    if (transition_run->row->event == EVENT_APPROVE && value_count(transition_run->granted) == 0) {
        fault(transition_run, "/granted_scopes", "too_short",
              "Accordez au moins une donnée, ou refusez la demande.");
    }
    return field_errors_verdict(transition_run->context->errors);
}

static enum err check_complete(struct transition_run *transition_run) {
    struct request_report report;
    if ((transition_run->row->needs & NEED_COMPLETE) == 0) {
        return ERR_NONE;
    }
    TRY(request_check(transition_run->context, transition_run->tx, &transition_run->file, &report));
    transition_run->warnings = (int64_t)report.warnings_count;
    for (const struct field_error *e = report.missing.first; e != NULL; e = e->next) {
        fault(transition_run, e->pointer, e->code, e->message);
    }
    return field_errors_verdict(transition_run->context->errors);
}

static enum err parse_fields(struct arena *arena, const char *text, const struct value **out) {
    struct value *fields = NULL;
    TRY(json_parse(arena, text, strlen(text), &fields, NULL));
    *out = fields;
    return ERR_NONE;
}

/* What was last granted, whatever a reopening has changed since. */
static enum err find_snapshot(struct transition_run *transition_run, struct rows **rows,
                              const struct value **fields) {
    TRY(tx_query(transition_run->tx, &SQL_HABILITATION_FIND_SNAPSHOT, rows,
                 P_TEXT(transition_run->file.facts.habilitation_id)));
    return parse_fields(transition_run->context->arena, rows_text(*rows, 0, "fields"), fields);
}

/* After a reopening something has to differ from what was approved. */
static enum err check_changed(struct transition_run *transition_run) {
    struct rows *rows = NULL;
    const struct value *former = NULL;
    if ((transition_run->row->needs & NEED_CHANGE) == 0 ||
        !transition_run->file.facts.is_reopened) {
        return ERR_NONE;
    }
    TRY(find_snapshot(transition_run, &rows, &former));
    const bool same_files =
        strcmp(rows_text(rows, 0, "files"), rows_text(rows, 0, "files_now")) == 0;
    if (same_files && value_count(form_list_changes(transition_run->context->arena, former,
                                                    transition_run->file.fields)) == 0) {
        return context_fail(transition_run->context, ERR_CONFLICT,
                            "Rien n’a changé depuis l’acceptation : modifiez la demande avant de "
                            "l’envoyer, ou annulez la réouverture.");
    }
    return ERR_NONE;
}

static enum err decide(struct transition_run *transition_run) {
    struct rows *rows = NULL;
    struct arena *arena = transition_run->context->arena;
    const bool approves = transition_run->row->event == EVENT_APPROVE;
    if (!has_effect(transition_run, EFFECT_DECIDE)) {
        return ERR_NONE;
    }
    TRY(tx_query(transition_run->tx, &SQL_DECISION_ADD, &rows,
                 P_TEXT(transition_run->file.facts.id),
                 P_TEXT(request_event_name(transition_run->row->event)),
                 P_TEXT(transition_run->act->reason), P_TEXT(transition_run->act->message),
                 P_TEXT(approves ? json_text(arena, transition_run->granted) : NULL),
                 P_TEXT(approves ? json_text(arena, transition_run->refused) : NULL),
                 P_TEXT(transition_run->context->actor->account_id)));
    transition_run->decision_id = rows_text(rows, 0, "id");
    return ERR_NONE;
}

static enum err grant(struct transition_run *transition_run) {
    const struct request_view *file = &transition_run->file;
    struct rows *rows = NULL;
    if (!has_effect(transition_run, EFFECT_GRANT)) {
        return ERR_NONE;
    }
    TRY(tx_query(transition_run->tx, &SQL_HABILITATION_ADD, &rows, P_TEXT(file->facts.id),
                 P_TEXT(transition_run->decision_id),
                 P_TEXT(json_text(transition_run->context->arena, transition_run->granted)),
                 P_TEXT(random_code(transition_run->context->arena, CODE_GROUPS))));
    transition_run->habilitation_id = rows_text(rows, 0, "id");
    return tx_query(transition_run->tx, &SQL_HABILITATION_ATTACH, NULL,
                    P_TEXT(transition_run->habilitation_id), P_TEXT(file->facts.id));
}

/* After the move: the events of a token say what its request is now. */
static enum err change_token(struct transition_run *transition_run) {
    const struct request_view *file = &transition_run->file;
    const struct context *context = transition_run->context;
    const char *token_id = NULL;
    if (has_effect(transition_run, EFFECT_KILL_TOKEN)) {
        return token_revoke_of_request(transition_run->tx, file->facts.id,
                                       context->actor->account_id, transition_run->act->reason);
    }
    if (!has_effect(transition_run, EFFECT_GRANT)) {
        return ERR_NONE;
    }
    const struct token_grant token = {.request_id = file->facts.id,
                                      .habilitation_id = transition_run->habilitation_id,
                                      .product = file->facts.product,
                                      .siret = file->facts.siret,
                                      .scopes = transition_run->granted,
                                      .lifetime_months = file->product->token_lifetime_months};
    return token_issue(transition_run->tx, context->services, &token, &token_id);
}

static enum err restore(struct transition_run *transition_run) {
    if (!has_effect(transition_run, EFFECT_RESTORE)) {
        return ERR_NONE;
    }
    TRY(tx_query(transition_run->tx, &SQL_ATTACHMENT_RESTORE, NULL,
                 P_TEXT(transition_run->file.facts.id)));
    return tx_query(transition_run->tx, &SQL_REQUEST_RESTORE_FIELDS, NULL,
                    P_TEXT(transition_run->file.facts.id));
}

static enum err move(struct transition_run *transition_run) {
    const struct request_transition *row = transition_run->row;
    const bool submits = row->event == EVENT_SUBMIT;
    const bool stays_reopened = transition_run->file.facts.is_reopened &&
                                row->to != STATE_APPROVED && row->to != STATE_REVOKED;
    return tx_query(transition_run->tx, &SQL_REQUEST_MOVE, NULL,
                    P_TEXT(transition_run->file.facts.id), P_TEXT(request_transition_key(row)),
                    P_TEXT(request_state_name(row->to)),
                    P_BOOLEAN(stays_reopened || row->event == EVENT_REOPEN), P_BOOLEAN(submits),
                    P_BOOLEAN(has_effect(transition_run, EFFECT_DECIDE)),
                    submits ? P_INTEGER(transition_run->warnings) : P_NULL,
                    P_TEXT(transition_run->habilitation_id));
}

/* With a submission: what changed since the staff last judged, and the data and files that were sent. */
static enum err remember_sent(struct transition_run *transition_run, struct value *detail) {
    struct arena *arena = transition_run->context->arena;
    struct value *files = value_array(arena);
    struct value *changes = NULL;
    const char *since = NULL;
    struct rows *rows = NULL;
    TRY(request_view_list_changes(transition_run->context, transition_run->tx,
                                  &transition_run->file, &changes, &since));
    if (changes != NULL) {
        value_set(arena, detail, "changes", changes);
    }
    TRY(tx_query(transition_run->tx, &SQL_ATTACHMENT_LIST_FACTS, &rows,
                 P_TEXT(transition_run->file.facts.id)));
    for (size_t i = 0; i < rows->count; i++) {
        struct value *file = value_object(arena);
        value_set_text(arena, file, "id", rows_text(rows, i, "id"));
        value_set_text(arena, file, "kind", rows_text(rows, i, "kind"));
        value_set_text(arena, file, "name", rows_text(rows, i, "file_name"));
        value_push(arena, files, file);
    }
    value_set(arena, detail, "fields", value_copy(arena, transition_run->file.fields));
    value_set(arena, detail, "files", files);
    return ERR_NONE;
}

/* What the history tells: the words of who acted, and what was sent. */
static enum err remember(struct transition_run *transition_run) {
    struct arena *arena = transition_run->context->arena;
    struct value *detail = value_object(arena);
    if (transition_run->act->reason != NULL) {
        value_set_text(arena, detail, "reason", transition_run->act->reason);
    }
    if (transition_run->row->event == EVENT_SUBMIT) {
        TRY(remember_sent(transition_run, detail));
    }
    return request_view_remember(transition_run->context, transition_run->tx, &transition_run->file,
                                 request_event_name(transition_run->row->event),
                                 transition_run->row->to, transition_run->actor_role, detail);
}

/* The mail to the applicant; NULL where this act sends him none. */
static const char *template_of(const struct transition_run *transition_run) {
    switch (transition_run->row->event) {
    case EVENT_SUBMIT:
        return "request_acknowledgement";
    case EVENT_REQUEST_CHANGES:
        return "request_changes_requested";
    case EVENT_APPROVE:
        return "request_approved";
    case EVENT_REFUSE:
        return transition_run->row->to == STATE_APPROVED ? "request_reopening_refused"
                                                         : "request_refused";
    case EVENT_REVOKE:
        return "request_revoked";
    case EVENT_CANCEL_REOPENING:
        return transition_run->actor_role == ACTOR_ROLE_INSTRUCTOR ? "request_reopening_cancelled"
                                                                   : NULL;
    case EVENT_ARCHIVE:
        return transition_run->actor_role == ACTOR_ROLE_PROGRAM ? "request_archived" : NULL;
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

static struct value *mail_data(struct transition_run *transition_run) {
    struct arena *arena = transition_run->context->arena;
    struct value *data = request_mail_data(transition_run->context, &transition_run->file);
    if (transition_run->act->reason != NULL) {
        value_set_text(arena, data, "reason", transition_run->act->reason);
    }
    if (transition_run->act->message != NULL) {
        value_set_text(arena, data, "message", transition_run->act->message);
    }
    if (transition_run->row->event == EVENT_APPROVE) {
        value_set(
            arena, data, "scopes",
            request_mail_labels(arena, transition_run->file.product, transition_run->granted));
        value_set(
            arena, data, "refused_scopes",
            request_mail_labels(arena, transition_run->file.product, transition_run->refused));
        if (value_count(transition_run->refused) > 0) {
            value_set_text(arena, data, "partial", "1");
        }
    }
    return data;
}

/* How long an answer took lately, for the acknowledgement. */
static enum err add_delay(struct transition_run *transition_run, struct value *data) {
    struct rows *rows = NULL;
    TRY(tx_query(transition_run->tx, &SQL_STATISTICS_FIND_MEDIAN_DAYS, &rows,
                 P_TEXT(transition_run->file.facts.product)));
    const char *days = rows_text(rows, 0, "days");
    if (days != NULL) {
        const char *name = strcmp(days, "1") == 0 ? "within_a_day" : "expected_days";
        value_set_text(transition_run->context->arena, data, name, days);
    }
    return ERR_NONE;
}

/* Those that the grant names, be it given or taken away: not those of a draft beside it. */
static enum err tell_contacts(struct transition_run *transition_run) {
    const bool revoked = transition_run->row->event == EVENT_REVOKE;
    const struct value *fields = transition_run->file.fields;
    struct rows *rows = NULL;
    if (!has_effect(transition_run, EFFECT_MAIL_CONTACTS)) {
        return ERR_NONE;
    }
    if (revoked) {
        TRY(find_snapshot(transition_run, &rows, &fields));
    }
    return request_mail_contacts(transition_run->context, transition_run->tx, &transition_run->file,
                                 fields, transition_run->granted, revoked);
}

static enum err send_mails(struct transition_run *transition_run) {
    const char *template = template_of(transition_run);
    if (has_effect(transition_run, EFFECT_MAIL_APPLICANT) && template != NULL) {
        struct value *data = mail_data(transition_run);
        if (transition_run->row->event == EVENT_SUBMIT) {
            TRY(add_delay(transition_run, data));
        }
        TRY(request_mail_applicant(transition_run->tx, &transition_run->file, template, data));
    }
    if (has_effect(transition_run, EFFECT_MAIL_INSTRUCTORS)) {
        TRY(request_mail_instructors(transition_run->context, transition_run->tx,
                                     &transition_run->file));
    }
    return tell_contacts(transition_run);
}

static enum err audit(struct transition_run *transition_run) {
    struct arena *arena = transition_run->context->arena;
    struct value *detail = value_object(arena);
    value_set_text(arena, detail, "from", request_state_name(transition_run->row->from));
    value_set_text(arena, detail, "to", request_state_name(transition_run->row->to));
    if (transition_run->decision_id != NULL) {
        value_set_text(arena, detail, "decision_id", transition_run->decision_id);
    }
    if (transition_run->habilitation_id != NULL) {
        value_set_text(arena, detail, "habilitation_id", transition_run->habilitation_id);
    }
    const struct audit_event record = {
        .action = arena_printf(arena, "request.%s", request_event_name(transition_run->row->event)),
        .subject_type = "request",
        .subject_id = transition_run->file.facts.id,
        .product = transition_run->file.facts.product,
        .siret = transition_run->file.facts.siret,
        .detail = detail};
    return audit_event_add(transition_run->context, transition_run->tx, &record);
}

static enum err open_passage(struct transition_run *transition_run, const char *id, bool lock) {
    const int64_t version = transition_run->act->if_version;
    TRY(request_view_open(transition_run->context, transition_run->tx, id, lock, false,
                          &transition_run->file));
    if (version != 0 && transition_run->file.facts.version != version) {
        return ERR_CONFLICT;
    }
    TRY(request_policy_check_event(transition_run->context, &transition_run->file.facts,
                                   transition_run->act->event, &transition_run->row,
                                   &transition_run->actor_role));
    return check_input(transition_run);
}

enum err request_act(struct context *context, const char *id, const struct request_act *act,
                     const char **decision_id) {
    const struct identity identity = context_identity(context);
    TX_AUTO(tx);
    struct transition_run transition_run = {
        .context = context, .tx = &tx, .act = act, .warnings = -1};
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_WRITE, &tx));
    TRY(open_passage(&transition_run, id, true));
    TRY(check_complete(&transition_run));
    TRY(check_changed(&transition_run));
    TRY(decide(&transition_run));
    TRY(grant(&transition_run));
    TRY(restore(&transition_run));
    TRY(send_mails(&transition_run));
    TRY(remember(&transition_run));
    TRY(move(&transition_run));
    TRY(change_token(&transition_run));
    TRY(webhook_event_add(
        &tx, arena_printf(context->arena, "request.%s", request_event_past_name(act->event)), id));
    TRY(idempotency_mark(&tx, context->idempotency));
    TRY(audit(&transition_run));
    TRY(tx_commit(&tx));
    if (decision_id != NULL) {
        *decision_id = transition_run.decision_id;
    }
    return ERR_NONE;
}

enum err request_act_preview(struct context *context, const char *id, const struct request_act *act,
                             struct request_preview *preview) {
    const struct identity identity = context_identity(context);
    TX_AUTO(tx);
    struct transition_run transition_run = {
        .context = context, .tx = &tx, .act = act, .warnings = -1};
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_READ, &tx));
    TRY(open_passage(&transition_run, id, false));
    TRY(tx_commit(&tx));
    *preview = (struct request_preview){.recipient = transition_run.file.applicant_email,
                                        .template = template_of(&transition_run),
                                        .data = mail_data(&transition_run)};
    return preview->template == NULL ? ERR_CONFLICT : ERR_NONE;
}
