#include "domain/request_act.h"
#include "base/json.h"
#include "domain/form_format.h"
#include "domain/form_scopes.h"
#include "domain/record.h"
#include "domain/request_check.h"
#include "domain/request_mail.h"
#include "domain/token.h"
#include "security/random.h"
#include "store/idempotency.h"
#include "store/webhook_event.h"
#include <string.h>

enum { CODE_GROUPS = 4 };

/* One act on its way through the table. */
struct passage {
    struct context *context;
    struct tx *tx;
    const struct request_act *act;
    struct request_file file;
    const struct request_transition *row;
    enum request_doer doer;
    struct value *granted; /* scopes of an approval */
    struct value *refused;
    int64_t warnings; /* of a submission; -1: none was made */
    const char *decision_id;
    const char *habilitation_id;
};

static bool has_effect(const struct passage *passage, enum request_effect effect) {
    return (passage->row->effects & effect) != 0;
}

static void fault(const struct passage *passage, const char *pointer, const char *code,
                  const char *message) {
    field_errors_add(passage->context->errors, pointer, code, "%s", message);
}

/* Splits what was asked into what is granted and what is not; open data always come along. */
static void split_scopes(struct passage *passage) {
    struct arena *arena = passage->context->arena;
    const struct value *asked = value_get(passage->file.fields, "scopes");
    const struct value *wanted = passage->act->granted_scopes;
    passage->granted = value_array(arena);
    passage->refused = value_array(arena);
    for (size_t i = 0; i < value_count(asked); i++) {
        const char *id = asked->array.items[i]->text;
        const struct product_scope *scope = product_find_scope(passage->file.product, id);
        const bool is_granted =
            wanted == NULL || value_has_text(wanted, id) || (scope != NULL && scope->is_open_data);
        value_push(arena, is_granted ? passage->granted : passage->refused, value_text(arena, id));
    }
}

static void check_granted_scopes(struct passage *passage) {
    const struct value *asked = value_get(passage->file.fields, "scopes");
    const struct value *wanted = passage->act->granted_scopes;
    if (wanted == NULL) {
        return;
    }
    if (passage->row->event != EVENT_APPROVE) {
        fault(passage, "/granted_scopes", "not_allowed",
              "Les données accordées n’accompagnent qu’une acceptation.");
        return;
    }
    const size_t before = passage->context->errors->count;
    form_scopes_check_list(passage->context->arena, passage->context->errors, passage->file.product,
                           "/granted_scopes", wanted);
    for (size_t i = 0; passage->context->errors->count == before && i < value_count(wanted); i++) {
        const char *id = wanted->array.items[i]->text;
        const struct product_scope *scope = product_find_scope(passage->file.product, id);
        if (!value_has_text(asked, id) && (scope == NULL || !scope->is_open_data)) {
            fault(passage, arena_printf(passage->context->arena, "/granted_scopes/%zu", i),
                  "not_allowed", "Cette donnée n’a pas été demandée.");
        }
    }
}

static bool needs_reason(const struct passage *passage) {
    return (passage->row->needs & NEED_REASON) != 0 ||
           ((passage->row->needs & NEED_STAFF_REASON) != 0 && passage->doer == DOER_INSTRUCTOR) ||
           (passage->row->event == EVENT_APPROVE && value_count(passage->refused) > 0);
}

static enum err check_input(struct passage *passage) {
    const char *reason = passage->act->reason;
    check_granted_scopes(passage);
    TRY(field_errors_verdict(passage->context->errors));
    split_scopes(passage);
    if (needs_reason(passage) && (reason == NULL || format_is_blank(reason))) {
        fault(passage, "/reason", "required",
              "Donnez le motif de cette décision : il est envoyé au demandeur.");
    }
    if (passage->row->event == EVENT_APPROVE && value_count(passage->granted) == 0) {
        fault(passage, "/granted_scopes", "too_short",
              "Accordez au moins une donnée, ou refusez la demande.");
    }
    return field_errors_verdict(passage->context->errors);
}

static enum err check_complete(struct passage *passage) {
    struct request_report report;
    if ((passage->row->needs & NEED_COMPLETE) == 0) {
        return ERR_NONE;
    }
    TRY(request_check(passage->context, passage->tx, &passage->file, &report));
    passage->warnings = (int64_t)report.warnings_count;
    for (const struct field_error *e = report.missing.first; e != NULL; e = e->next) {
        fault(passage, e->pointer, e->code, e->message);
    }
    return field_errors_verdict(passage->context->errors);
}

static enum err parse_fields(struct arena *arena, const char *text, const struct value **out) {
    struct value *fields = NULL;
    TRY(json_parse(arena, text, strlen(text), &fields, NULL));
    *out = fields;
    return ERR_NONE;
}

/* What was last granted, whatever a reopening has changed since. */
static enum err find_snapshot(struct passage *passage, struct rows **rows,
                              const struct value **fields) {
    TRY(tx_query(passage->tx, &SQL_HABILITATION_FIND_SNAPSHOT, rows,
                 P_TEXT(passage->file.facts.habilitation_id)));
    return parse_fields(passage->context->arena, rows_text(*rows, 0, "fields"), fields);
}

/* After a reopening something has to differ from what was approved. */
static enum err check_changed(struct passage *passage) {
    struct rows *rows = NULL;
    const struct value *former = NULL;
    if ((passage->row->needs & NEED_CHANGE) == 0 || !passage->file.facts.is_reopened) {
        return ERR_NONE;
    }
    TRY(find_snapshot(passage, &rows, &former));
    const bool same_files =
        strcmp(rows_text(rows, 0, "files"), rows_text(rows, 0, "files_now")) == 0;
    if (same_files && value_count(form_list_changes(passage->context->arena, former,
                                                    passage->file.fields)) == 0) {
        return context_fail(passage->context, ERR_CONFLICT,
                            "Rien n’a changé depuis l’acceptation : modifiez la demande avant de "
                            "l’envoyer, ou annulez la réouverture.");
    }
    return ERR_NONE;
}

static enum err decide(struct passage *passage) {
    struct rows *rows = NULL;
    struct arena *arena = passage->context->arena;
    const bool approves = passage->row->event == EVENT_APPROVE;
    if (!has_effect(passage, EFFECT_DECIDE)) {
        return ERR_NONE;
    }
    TRY(tx_query(passage->tx, &SQL_DECISION_ADD, &rows, P_TEXT(passage->file.facts.id),
                 P_TEXT(request_event_name(passage->row->event)), P_TEXT(passage->act->reason),
                 P_TEXT(passage->act->message),
                 P_TEXT(approves ? json_text(arena, passage->granted) : NULL),
                 P_TEXT(approves ? json_text(arena, passage->refused) : NULL),
                 P_TEXT(passage->context->actor->account_id)));
    passage->decision_id = rows_text(rows, 0, "id");
    return ERR_NONE;
}

static enum err grant(struct passage *passage) {
    const struct request_file *file = &passage->file;
    struct rows *rows = NULL;
    if (!has_effect(passage, EFFECT_GRANT)) {
        return ERR_NONE;
    }
    TRY(tx_query(passage->tx, &SQL_HABILITATION_ADD, &rows, P_TEXT(file->facts.id),
                 P_TEXT(passage->decision_id),
                 P_TEXT(json_text(passage->context->arena, passage->granted)),
                 P_TEXT(random_code(passage->context->arena, CODE_GROUPS))));
    passage->habilitation_id = rows_text(rows, 0, "id");
    return tx_query(passage->tx, &SQL_HABILITATION_ATTACH, NULL, P_TEXT(passage->habilitation_id),
                    P_TEXT(file->facts.id));
}

/* After the move: the events of a token say what its request is now. */
static enum err change_token(struct passage *passage) {
    const struct request_file *file = &passage->file;
    const struct context *context = passage->context;
    const char *token_id = NULL;
    if (has_effect(passage, EFFECT_KILL_TOKEN)) {
        return token_revoke_of_request(passage->tx, file->facts.id, context->actor->account_id,
                                       passage->act->reason);
    }
    if (!has_effect(passage, EFFECT_GRANT)) {
        return ERR_NONE;
    }
    const struct token_grant token = {.request_id = file->facts.id,
                                      .habilitation_id = passage->habilitation_id,
                                      .product = file->facts.product,
                                      .siret = file->facts.siret,
                                      .scopes = passage->granted,
                                      .lifetime_months = file->product->token_lifetime_months};
    return token_issue(passage->tx, context->services, &token, &token_id);
}

static enum err restore(struct passage *passage) {
    if (!has_effect(passage, EFFECT_RESTORE)) {
        return ERR_NONE;
    }
    TRY(tx_query(passage->tx, &SQL_ATTACHMENT_RESTORE, NULL, P_TEXT(passage->file.facts.id)));
    return tx_query(passage->tx, &SQL_REQUEST_RESTORE_FIELDS, NULL, P_TEXT(passage->file.facts.id));
}

static enum err move(struct passage *passage) {
    const struct request_transition *row = passage->row;
    const bool submits = row->event == EVENT_SUBMIT;
    const bool stays_reopened =
        passage->file.facts.is_reopened && row->to != STATE_APPROVED && row->to != STATE_REVOKED;
    return tx_query(passage->tx, &SQL_REQUEST_MOVE, NULL, P_TEXT(passage->file.facts.id),
                    P_TEXT(request_transition_key(row)), P_TEXT(request_state_name(row->to)),
                    P_BOOLEAN(stays_reopened || row->event == EVENT_REOPEN), P_BOOLEAN(submits),
                    P_BOOLEAN(has_effect(passage, EFFECT_DECIDE)),
                    submits ? P_INTEGER(passage->warnings) : P_NULL,
                    P_TEXT(passage->habilitation_id));
}

/* With a submission: what changed since the staff last judged, and the data and files that were sent. */
static enum err remember_sent(struct passage *passage, struct value *detail) {
    struct arena *arena = passage->context->arena;
    struct value *files = value_array(arena);
    struct value *changes = NULL;
    const char *since = NULL;
    struct rows *rows = NULL;
    TRY(request_file_list_changes(passage->context, passage->tx, &passage->file, &changes, &since));
    if (changes != NULL) {
        value_set(arena, detail, "changes", changes);
    }
    TRY(tx_query(passage->tx, &SQL_ATTACHMENT_LIST_FACTS, &rows, P_TEXT(passage->file.facts.id)));
    for (size_t i = 0; i < rows->count; i++) {
        struct value *file = value_object(arena);
        value_set_text(arena, file, "id", rows_text(rows, i, "id"));
        value_set_text(arena, file, "kind", rows_text(rows, i, "kind"));
        value_set_text(arena, file, "name", rows_text(rows, i, "file_name"));
        value_push(arena, files, file);
    }
    value_set(arena, detail, "fields", value_copy(arena, passage->file.fields));
    value_set(arena, detail, "files", files);
    return ERR_NONE;
}

/* What the history tells: the words of who acted, and what was sent. */
static enum err remember(struct passage *passage) {
    struct arena *arena = passage->context->arena;
    struct value *detail = value_object(arena);
    if (passage->act->reason != NULL) {
        value_set_text(arena, detail, "reason", passage->act->reason);
    }
    if (passage->row->event == EVENT_SUBMIT) {
        TRY(remember_sent(passage, detail));
    }
    return request_file_remember(passage->context, passage->tx, &passage->file,
                                 request_event_name(passage->row->event), passage->row->to,
                                 passage->doer, detail);
}

/* The mail to the applicant; NULL where this act sends him none. */
static const char *template_of(const struct passage *passage) {
    switch (passage->row->event) {
    case EVENT_SUBMIT:
        return "request_acknowledgement";
    case EVENT_REQUEST_CHANGES:
        return "request_changes_requested";
    case EVENT_APPROVE:
        return "request_approved";
    case EVENT_REFUSE:
        return passage->row->to == STATE_APPROVED ? "request_reopening_refused" : "request_refused";
    case EVENT_REVOKE:
        return "request_revoked";
    case EVENT_CANCEL_REOPENING:
        return passage->doer == DOER_INSTRUCTOR ? "request_reopening_cancelled" : NULL;
    case EVENT_ARCHIVE:
        return passage->doer == DOER_PROGRAM ? "request_archived" : NULL;
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

static struct value *mail_data(struct passage *passage) {
    struct arena *arena = passage->context->arena;
    struct value *data = request_mail_data(passage->context, &passage->file);
    if (passage->act->reason != NULL) {
        value_set_text(arena, data, "reason", passage->act->reason);
    }
    if (passage->act->message != NULL) {
        value_set_text(arena, data, "message", passage->act->message);
    }
    if (passage->row->event == EVENT_APPROVE) {
        value_set(arena, data, "scopes",
                  request_mail_labels(arena, passage->file.product, passage->granted));
        value_set(arena, data, "refused_scopes",
                  request_mail_labels(arena, passage->file.product, passage->refused));
        if (value_count(passage->refused) > 0) {
            value_set_text(arena, data, "partial", "1");
        }
    }
    return data;
}

/* How long an answer took lately, for the acknowledgement. */
static enum err add_delay(struct passage *passage, struct value *data) {
    struct rows *rows = NULL;
    TRY(tx_query(passage->tx, &SQL_STATISTICS_FIND_MEDIAN_DAYS, &rows,
                 P_TEXT(passage->file.facts.product)));
    const char *days = rows_text(rows, 0, "days");
    if (days != NULL) {
        const char *name = strcmp(days, "1") == 0 ? "within_a_day" : "expected_days";
        value_set_text(passage->context->arena, data, name, days);
    }
    return ERR_NONE;
}

/* Those that the grant names, be it given or taken away: not those of a draft beside it. */
static enum err tell_contacts(struct passage *passage) {
    const bool revoked = passage->row->event == EVENT_REVOKE;
    const struct value *fields = passage->file.fields;
    struct rows *rows = NULL;
    if (!has_effect(passage, EFFECT_MAIL_CONTACTS)) {
        return ERR_NONE;
    }
    if (revoked) {
        TRY(find_snapshot(passage, &rows, &fields));
    }
    return request_mail_contacts(passage->context, passage->tx, &passage->file, fields,
                                 passage->granted, revoked);
}

static enum err send_mails(struct passage *passage) {
    const char *template = template_of(passage);
    if (has_effect(passage, EFFECT_MAIL_APPLICANT) && template != NULL) {
        struct value *data = mail_data(passage);
        if (passage->row->event == EVENT_SUBMIT) {
            TRY(add_delay(passage, data));
        }
        TRY(request_mail_applicant(passage->tx, &passage->file, template, data));
    }
    if (has_effect(passage, EFFECT_MAIL_INSTRUCTORS)) {
        TRY(request_mail_instructors(passage->context, passage->tx, &passage->file));
    }
    return tell_contacts(passage);
}

static enum err audit(struct passage *passage) {
    struct arena *arena = passage->context->arena;
    struct value *detail = value_object(arena);
    value_set_text(arena, detail, "from", request_state_name(passage->row->from));
    value_set_text(arena, detail, "to", request_state_name(passage->row->to));
    if (passage->decision_id != NULL) {
        value_set_text(arena, detail, "decision_id", passage->decision_id);
    }
    if (passage->habilitation_id != NULL) {
        value_set_text(arena, detail, "habilitation_id", passage->habilitation_id);
    }
    const struct record record = {
        .action = arena_printf(arena, "request.%s", request_event_name(passage->row->event)),
        .subject_type = "request",
        .subject_id = passage->file.facts.id,
        .product = passage->file.facts.product,
        .siret = passage->file.facts.siret,
        .detail = detail};
    return record_act(passage->context, passage->tx, &record);
}

static enum err open_passage(struct passage *passage, const char *id, bool lock) {
    const int64_t version = passage->act->if_version;
    TRY(request_file_open(passage->context, passage->tx, id, lock, false, &passage->file));
    if (version != 0 && passage->file.facts.version != version) {
        return ERR_CONFLICT;
    }
    TRY(policy_check_event(passage->context, &passage->file.facts, passage->act->event,
                           &passage->row, &passage->doer));
    return check_input(passage);
}

enum err request_act(struct context *context, const char *id, const struct request_act *act,
                     const char **decision_id) {
    const struct identity identity = context_identity(context);
    TX_AUTO(tx);
    struct passage passage = {.context = context, .tx = &tx, .act = act, .warnings = -1};
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_WRITE, &tx));
    TRY(open_passage(&passage, id, true));
    TRY(check_complete(&passage));
    TRY(check_changed(&passage));
    TRY(decide(&passage));
    TRY(grant(&passage));
    TRY(restore(&passage));
    TRY(send_mails(&passage));
    TRY(remember(&passage));
    TRY(move(&passage));
    TRY(change_token(&passage));
    TRY(webhook_event_add(
        &tx, arena_printf(context->arena, "request.%s", request_event_past_name(act->event)), id));
    TRY(idempotency_mark(&tx, context->idempotency));
    TRY(audit(&passage));
    TRY(tx_commit(&tx));
    if (decision_id != NULL) {
        *decision_id = passage.decision_id;
    }
    return ERR_NONE;
}

enum err request_act_preview(struct context *context, const char *id, const struct request_act *act,
                             struct request_preview *preview) {
    const struct identity identity = context_identity(context);
    TX_AUTO(tx);
    struct passage passage = {.context = context, .tx = &tx, .act = act, .warnings = -1};
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_READ, &tx));
    TRY(open_passage(&passage, id, false));
    TRY(tx_commit(&tx));
    *preview = (struct request_preview){.recipient = passage.file.applicant_email,
                                        .template = template_of(&passage),
                                        .data = mail_data(&passage)};
    return preview->template == NULL ? ERR_CONFLICT : ERR_NONE;
}
