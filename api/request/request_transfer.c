/* Who carries a request: transfers, and takeovers by a colleague. */
#include "request/request_transfer.h"
#include "core/act.h"
#include "core/email.h"
#include "core/quota.h"
#include "request/request_mail.h"
#include "request/request_view.h"
#include "sql/request.h"
#include <string.h>

enum { TAKEOVER_DAYS = 7, AT_ONCE = 100 };

static const char *full_name(struct arena *arena, const struct request_view *view) {
    return arena_printf(arena, "%s %s", view->applicant_given_name, view->applicant_family_name);
}

/* Acts for which row-level security must not hide what the actor gives away or takes. */
static struct identity identity_of(const struct context *context) {
    struct identity identity = context_identity(context);
    identity.is_system = true;
    return identity;
}

/* --- Told to both sides --------------------------------------------------------------------------- */

/* What both sides are told of an act: found before it, since it changes who is told. */
struct announcement {
    struct request_letter letters[2]; /* organisation, instructors */
    struct request_told told[2];
};

/* The instructors do not know of a request that was never submitted. */
static enum err announce(struct act *act, const struct request_view *view, const char *template,
                         const char *except, struct announcement *out) {
    static const enum request_audience AUDIENCES[] = {AUDIENCE_ORGANISATION, AUDIENCE_INSTRUCTORS};
    const size_t count = view->facts.was_submitted ? 2 : 1;
    *out = (struct announcement){0};
    for (size_t i = 0; i < count; i++) {
        out->letters[i] = (struct request_letter){
            .template = template, .audience = AUDIENCES[i], .except = except};
        TRY(request_mail_find(&act->tx, view, &out->letters[i], &out->told[i]));
    }
    return ERR_NONE;
}

static void send_announcement(struct act *act, const struct announcement *announcement,
                              const struct value *data) {
    static const char *const PAGES[] = {"demandes", "instruction"};
    for (size_t i = 0; i < 2; i++) {
        struct value *own = value_copy(act->context->arena, data);
        value_set_text(act->context->arena, own, "page", PAGES[i]);
        request_mail_send(act, &announcement->letters[i], own, &announcement->told[i]);
    }
}

/* --- Another applicant ----------------------------------------------------------------------------- */

static struct value *transfer_detail(struct arena *arena, const struct request_view *view,
                                     const struct request_view *now) {
    struct value *detail = value_object(arena);
    struct value *changes = value_array(arena);
    struct value *change = value_object(arena);
    value_set_text(arena, change, "pointer", "/applicant");
    value_set_text(arena, change, "former", view->applicant_email);
    value_set_text(arena, change, "new", now->applicant_email);
    value_push(changes, change);
    value_set(detail, "changes", changes);
    return detail;
}

/* Reads it as the program itself: the former applicant may not see it any more. */
static enum err read_transferred(const struct context *context, struct tx *tx, const char *id,
                                 struct request_view *now) {
    const struct actor program = {.kind = ACTOR_SYSTEM, .account_id = context->actor->account_id};
    struct context inside = *context;
    inside.actor = &program;
    return request_view_read(&inside, tx, id, VISIBILITY_FULL, now);
}

/* Makes `successor` the applicant; `act` does the telling of the others, and commits. */
static enum err pass_on(struct act *act, const struct request_view *view, const char *successor,
                        enum actor_role actor_role, struct request_view *now) {
    struct context *context = act->context;
    TRY(sql_request_transfer(&act->tx, .request = view->facts.id, .account = successor));
    TRY(read_transferred(context, &act->tx, view->facts.id, now));
    struct value *data = request_mail_data(context, now);
    value_set_text(context->arena, data, "former", full_name(context->arena, view));
    TRY(request_mail_applicant(act, now, "request_transferred_to_you", data));
    return request_view_add_history(context, &act->tx, view, request_event_name(EVENT_TRANSFER),
                                    view->facts.state, actor_role,
                                    transfer_detail(context->arena, view, now));
}

/* Nobody waits for the answer of a job. */
static enum err commit_passed_on(struct act *act, const struct request_view *now) {
    struct act_answer answer = {0};
    if (act->context->actor->kind != ACTOR_SYSTEM) {
        answer.status = 200;
        TRY(request_view_render(act->context, &act->tx, now, &answer.json, &answer.version));
    }
    return act_commit(
        act, &(struct act_outcome){.audit = request_view_audit(now, "request.transfer", NULL),
                                   .event = "request.transferred",
                                   .event_request_id = now->facts.id,
                                   .answer = answer});
}

/* --- Transfer --------------------------------------------------------------------------------------- */

static enum err find_successor(struct context *context, struct tx *tx,
                               const struct request_view *view, const char *text,
                               const char **account_id) {
    struct email email;
    bool found = false;
    TRY(email_parse(context->errors, "/email", text, &email));
    TRY(sql_request_find_successor(tx, &found, account_id, .siret = view->facts.siret,
                                   .email_key = email.key));
    if (!found) {
        field_errors_add(context->errors, "/email", "not_found",
                         "Aucun membre actif de l’organisation n’a cette adresse.");
        return ERR_INVALID;
    }
    if (strcmp(*account_id, view->facts.applicant_id) == 0) {
        field_errors_add(context->errors, "/email", "not_allowed",
                         "Cette personne porte déjà la demande.");
        return ERR_INVALID;
    }
    return ERR_NONE;
}

enum err request_transfer(struct context *context, const char *id, const char *email) {
    const struct identity identity = identity_of(context);
    enum actor_role actor_role = ACTOR_ROLE_APPLICANT;
    const char *successor = NULL;
    struct request_view view;
    struct request_view now;
    struct request_told former;
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, &identity));
    TRY(request_view_lock_for(context, &act.tx, id, EVENT_TRANSFER, &view, &actor_role));
    TRY(find_successor(context, &act.tx, &view, email, &successor));
    /* A colleague who waits to take it over hears that it went to somebody else. */
    const struct request_letter letter = {.template = "request_transferred",
                                          .audience = view.facts.takeover == TAKEOVER_NONE
                                                          ? AUDIENCE_APPLICANT
                                                          : AUDIENCE_ORGANISATION,
                                          .except = successor};
    TRY(request_mail_find(&act.tx, &view, &letter, &former));
    TRY(pass_on(&act, &view, successor, actor_role, &now));
    struct value *data = request_mail_data(context, &view);
    value_set_text(context->arena, data, "successor", full_name(context->arena, &now));
    request_mail_send(&act, &letter, data, &former);
    return commit_passed_on(&act, &now);
}

/* --- Takeover --------------------------------------------------------------------------------------- */

/* It happens: nobody objected in time, or nobody is there who could. */
static enum err take_over_now(struct act *act, const struct request_view *view,
                              const char *successor, enum actor_role actor_role) {
    struct context *context = act->context;
    struct announcement announcement;
    struct request_view now;
    TRY(announce(act, view, "request_taken_over", successor, &announcement));
    TRY(pass_on(act, view, successor, actor_role, &now));
    struct value *data = request_mail_data(context, &now);
    value_set_text(context->arena, data, "successor", full_name(context->arena, &now));
    value_set(data, "is_gone", value_boolean(context->arena, !view->facts.has_applicant));
    send_announcement(act, &announcement, data);
    return commit_passed_on(act, &now);
}

static enum err take_shares(struct context *context, struct tx *tx, const char *id) {
    TRY(quota_take_in(context, tx, QUOTA_TAKEOVERS, context->actor->account_id, 1));
    return quota_take_in(context, tx, QUOTA_TAKEOVERS_OF_REQUEST, id, 1);
}

static struct value *asker_data(struct context *context, const struct request_view *view,
                                const struct takeover_row *takeover) {
    struct arena *arena = context->arena;
    struct value *data = request_mail_data(context, view);
    value_set_text(arena, data, "asker",
                   arena_printf(arena, "%s %s", takeover->given_name, takeover->family_name));
    value_set_text(arena, data, "asker_email", takeover->email);
    return data;
}

/* It waits for an objection. */
static enum err ask(struct act *act, const struct request_view *view) {
    struct context *context = act->context;
    const char *id = view->facts.id;
    const char *due_on = NULL;
    bool found = false;
    struct takeover_row takeover;
    struct announcement announcement;
    struct act_answer answer = {.status = 200};
    TRY(sql_takeover_ask(&act->tx, &due_on, .request = id, .account = context->actor->account_id,
                         .days = TAKEOVER_DAYS));
    TRY(sql_takeover_find(&act->tx, &found, &takeover, .request = id));
    TRY(announce(act, view, "request_takeover_asked", context->actor->account_id, &announcement));
    struct value *data = asker_data(context, view, &takeover);
    value_set_text(context->arena, data, "due_on", due_on);
    send_announcement(act, &announcement, data);
    TRY(request_view_add_history(context, &act->tx, view, request_event_name(EVENT_TAKE_OVER),
                                 view->facts.state, ACTOR_ROLE_COLLEAGUE, NULL));
    TRY(request_view_answer(context, &act->tx, id, &answer));
    return act_commit(
        act, &(struct act_outcome){.audit = request_view_audit(view, "request.take_over", NULL),
                                   .answer = answer});
}

enum err request_takeover_ask(struct context *context, const char *id) {
    const struct identity identity = identity_of(context);
    enum actor_role actor_role = ACTOR_ROLE_COLLEAGUE;
    struct request_view view;
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, &identity));
    TRY(request_view_lock_for(context, &act.tx, id, EVENT_TAKE_OVER, &view, &actor_role));
    TRY(take_shares(context, &act.tx, view.facts.id));
    return view.facts.has_applicant
               ? ask(&act, &view)
               : take_over_now(&act, &view, context->actor->account_id, actor_role);
}

/* Why a takeover does not happen: a member of the data that template request_takeover_ended reads. */
static enum err end(struct act *act, const struct request_view *view,
                    const struct takeover_row *takeover, const char *why, const char *reason) {
    struct context *context = act->context;
    struct announcement announcement;
    TRY(announce(act, view, "request_takeover_ended", context->actor->account_id, &announcement));
    TRY(sql_takeover_end(&act->tx, .request = view->facts.id));
    struct value *data = asker_data(context, view, takeover);
    value_set(data, why, value_boolean(context->arena, true));
    value_set_text(context->arena, data, "reason", reason);
    send_announcement(act, &announcement, data);
    return ERR_NONE;
}

static struct value *end_detail(struct arena *arena, const char *reason) {
    struct value *detail = value_object(arena);
    if (reason != NULL) {
        value_set_text(arena, detail, "reason", reason);
    }
    return detail;
}

enum err request_takeover_end(struct context *context, const char *id, const char *reason) {
    const struct identity identity = identity_of(context);
    enum actor_role actor_role = ACTOR_ROLE_COLLEAGUE;
    bool found = false;
    struct request_view view;
    struct takeover_row takeover;
    struct act_answer answer = {.status = 200};
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, &identity));
    TRY(request_view_lock_for(context, &act.tx, id, EVENT_END_TAKEOVER, &view, &actor_role));
    TRY(sql_takeover_find(&act.tx, &found, &takeover, .request = view.facts.id));
    TRY(end(&act, &view, &takeover,
            actor_role == ACTOR_ROLE_COLLEAGUE ? "is_withdrawn" : "is_refused", reason));
    TRY(request_view_add_history(context, &act.tx, &view, request_event_name(EVENT_END_TAKEOVER),
                                 view.facts.state, actor_role, end_detail(context->arena, reason)));
    TRY(request_view_answer(context, &act.tx, id, &answer));
    return act_commit(&act, &(struct act_outcome){
                                .audit = request_view_audit(&view, "request.end_takeover", NULL),
                                .answer = answer});
}

/* One that is due; whatever changed since it was listed decides. */
static enum err run_one(struct context *context, const char *id) {
    bool found = false;
    struct request_view view;
    struct takeover_row takeover;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(request_view_lock(context, &act.tx, id, &view));
    TRY(sql_takeover_find(&act.tx, &found, &takeover, .request = id));
    if (!found) {
        return ERR_NONE;
    }
    if (takeover.lives) {
        return takeover.is_due || !view.facts.has_applicant
                   ? take_over_now(&act, &view, takeover.asked_by, ACTOR_ROLE_PROGRAM)
                   : ERR_NONE;
    }
    TRY(end(&act, &view, &takeover, "is_over", NULL));
    TRY(request_view_add_history(context, &act.tx, &view, request_event_name(EVENT_END_TAKEOVER),
                                 view.facts.state, ACTOR_ROLE_PROGRAM, NULL));
    return act_commit(&act, &(struct act_outcome){
                                .audit = request_view_audit(&view, "request.end_takeover", NULL)});
}

enum err request_takeover_run(struct context *context) {
    const char **ids = NULL;
    size_t count = 0;
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_takeover_list_due(&once, &ids, &count, .limit = AT_ONCE));
    for (size_t i = 0; i < count; i++) {
        const enum err err = run_one(context, ids[i]);
        if (err != ERR_NOT_FOUND) { /* else it was deleted meanwhile */
            TRY(err);
        }
    }
    return ERR_NONE;
}
