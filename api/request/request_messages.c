#include "request/request_messages.h"
#include "base/text.h"
#include "core/act.h"
#include "core/job.h"
#include "core/quota.h"
#include "request/request_mail.h"
#include "request/request_view.h"
#include "sql/request.h"

/* A mail to the other side of the conversation; `said`: [{author, body}]. */
static enum err mail_other_side(struct act *act, const struct request_view *view, bool as_staff,
                                const char *author_id, const struct value *said) {
    struct context *context = act->context;
    struct value *data = request_mail_data(context, view);
    value_set_text(context->arena, data, "page", as_staff ? "demandes" : "instruction");
    value_set(data, "messages", said);
    return request_mail(
        act, view,
        &(struct request_letter){.template = "request_message",
                                 .audience = as_staff ? AUDIENCE_APPLICANT : AUDIENCE_ASSIGNEE,
                                 .is_optional = true,
                                 .notification = NOTIFICATION_MESSAGE,
                                 .except = author_id},
        data);
}

static enum err plan_mail(struct act *act, const char *request_id, bool as_staff, int64_t in_s) {
    struct arena *arena = act->context->arena;
    struct value *payload = value_object(arena);
    value_set_text(arena, payload, "request_id", request_id);
    value_set(payload, "as_staff", value_boolean(arena, as_staff));
    return job_add(&act->tx, "message_mail", NULL, payload, in_s);
}

/* What was said since the last mail, this message included where it is mailed at once. */
static enum err mail_unmailed(struct act *act, const struct request_view *view, bool as_staff) {
    struct arena *arena = act->context->arena;
    struct message_unmailed *messages = NULL;
    size_t count = 0;
    TRY(sql_message_take_unmailed(&act->tx, &messages, &count, .request = view->facts.id,
                                  .as_staff = as_staff));
    struct value *said = value_array(arena);
    for (size_t i = 0; i < count; i++) {
        struct value *message = value_object(arena);
        value_set_text(arena, message, "author", messages[i].author);
        value_set_text(arena, message, "body", messages[i].body);
        value_push(said, message);
    }
    return count == 0 ? ERR_NONE
                      : mail_other_side(act, view, as_staff, messages[count - 1].author_id, said);
}

/* One mail an hour for each side of a conversation. The staff does not know of a draft. */
static enum err tell_other_side(struct act *act, const struct request_view *view, bool as_staff) {
    struct conversation_turn turn;
    TRY(sql_conversation_take_mail(&act->tx, &turn, .request = view->facts.id,
                                   .as_staff = as_staff));
    if (turn.is_now) {
        return mail_unmailed(act, view, as_staff);
    }
    return turn.is_planned ? plan_mail(act, view->facts.id, as_staff, turn.in_s) : ERR_NONE;
}

enum err message_mail_run(struct context *context, const struct value *payload) {
    const char *id = value_get_text(payload, "request_id");
    const bool as_staff = value_get_boolean(payload, "as_staff", false);
    struct request_view view;
    size_t due = 0;
    if (id == NULL) {
        return ERR_NONE;
    }
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    const enum err found = request_view_read(context, &act.tx, id, VISIBILITY_FULL, &view);
    if (found == ERR_NOT_FOUND) {
        return ERR_NONE; /* deleted meanwhile */
    }
    TRY(found);
    TRY(sql_conversation_mark_mailed(&act.tx, &due, .request = id, .as_staff = as_staff));
    if (due == 0) {
        return ERR_NONE; /* mailed by a run that was cut before it was recorded */
    }
    TRY(mail_unmailed(&act, &view, as_staff));
    return act_commit(&act, &(struct act_outcome){0});
}

/* Without a lock: what is said does not change the request. */
static enum err read_for(struct act *act, const char *id, enum request_event event,
                         struct request_view *view, enum actor_role *actor_role) {
    const struct request_transition *row = NULL;
    TRY(request_view_read(act->context, &act->tx, id, VISIBILITY_FULL, view));
    return request_policy_check_event(act->context, &view->facts, event, &row, actor_role);
}

/* Each side has its own share, so that one cannot silence the other. */
static enum err take_share(struct act *act, const char *id, bool as_staff) {
    const char *subject =
        arena_printf(act->context->arena, "%s/%s", id, as_staff ? "staff" : "applicant");
    return quota_take_in(act->context, &act->tx, QUOTA_MESSAGES, subject, 1);
}

enum err message_add(struct context *context, const char *id, const char *body) {
    enum actor_role actor_role = ACTOR_ROLE_APPLICANT;
    struct request_view view;
    struct act_answer answer = {.status = 201};
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(read_for(&act, id, EVENT_MESSAGE, &view, &actor_role));
    const bool as_staff = actor_role == ACTOR_ROLE_INSTRUCTOR;
    const bool is_mailed = as_staff || view.facts.was_submitted;
    TRY(take_share(&act, view.facts.id, as_staff));
    TRY(sql_message_add(&act.tx, &answer.json, .request = id, .account = context->actor->account_id,
                        .as_staff = as_staff, .body = body, .awaits_mail = is_mailed));
    if (is_mailed) {
        TRY(tell_other_side(&act, &view, as_staff));
    }
    return act_commit(
        &act, &(struct act_outcome){.audit = request_view_audit(&view, "request.message", NULL),
                                    .event = "request.message_posted",
                                    .event_request_id = id,
                                    .answer = answer});
}

enum err message_list(struct context *context, const char *id, const struct page *page,
                      const char **document) {
    struct request_view view;
    TX_AUTO(tx);
    TRY(request_view_begin(context, &tx, id, VISIBILITY_FULL, &view));
    TRY(sql_message_list(&tx, document, .request = id, .account = context->actor->account_id,
                         PAGE_TIME(page)));
    return tx_commit(&tx);
}

enum err message_mark_read(struct context *context, const char *id, const char *message_id) {
    const struct identity identity = context_identity(context);
    struct request_view view;
    size_t marked = 0;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_WRITE, &tx));
    TRY(request_view_read(context, &tx, id, VISIBILITY_FULL, &view));
    TRY(sql_message_mark_read(&tx, &marked, .request = id, .account = context->actor->account_id,
                              .message = message_id));
    if (marked == 0) {
        field_errors_add(context->errors, "/message_id", "not_found",
                         "Ce message n’est pas dans cette demande.");
        return ERR_INVALID;
    }
    return tx_commit(&tx);
}

enum err note_add(struct context *context, const char *id, const char *body) {
    enum actor_role actor_role = ACTOR_ROLE_INSTRUCTOR;
    struct request_view view;
    struct act_answer answer = {.status = 201};
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(read_for(&act, id, EVENT_NOTE, &view, &actor_role));
    TRY(sql_note_add(&act.tx, &answer.json, .request = id, .account = context->actor->account_id,
                     .body = body));
    return act_commit(
        &act, &(struct act_outcome){.audit = request_view_audit(&view, "request.note", NULL),
                                    .answer = answer});
}

enum err note_list(struct context *context, const char *id, const struct page *page,
                   const char **document) {
    struct request_view view;
    TX_AUTO(tx);
    TRY(request_view_begin(context, &tx, id, VISIBILITY_FULL, &view));
    if (!request_view_is_staff(context, &view)) {
        return context_fail(context, ERR_FORBIDDEN, "Les notes sont réservées à l’instruction.");
    }
    TRY(sql_note_list(&tx, document, .request = id, PAGE_TIME(page)));
    return tx_commit(&tx);
}

enum err request_list_events(struct context *context, const char *id, const struct page *page,
                             const char **document) {
    struct request_view view;
    TX_AUTO(tx);
    TRY(request_view_begin(context, &tx, id, VISIBILITY_FULL, &view));
    TRY(sql_request_event_list(&tx, document, .request = id,
                               .is_staff = request_view_is_staff(context, &view),
                               PAGE_NUMBER(page)));
    return tx_commit(&tx);
}

enum err request_list_decisions(struct context *context, const char *id, const struct page *page,
                                const char **document) {
    struct request_view view;
    TX_AUTO(tx);
    TRY(request_view_begin(context, &tx, id, VISIBILITY_FULL, &view));
    TRY(sql_decision_list(&tx, document, .request = id,
                          .is_staff = request_view_is_staff(context, &view), PAGE_TIME(page)));
    return tx_commit(&tx);
}

enum err request_show_changes(struct context *context, const char *id,
                              const struct value **document) {
    struct request_view view;
    struct value *changes = NULL;
    const char *since = NULL;
    TX_AUTO(tx);
    TRY(request_view_begin(context, &tx, id, VISIBILITY_FULL, &view));
    TRY(request_view_list_changes(context, &tx, &view, &changes, &since));
    TRY(tx_commit(&tx));
    struct value *out = value_object(context->arena);
    value_set_text(context->arena, out, "since", since);
    value_set(out, "changes", form_show_changes(context->arena, changes));
    *document = out;
    return ERR_NONE;
}
