#include "request/request_proposal.h"
#include "base/json.h"
#include "request/request_mail.h"
#include <string.h>

static enum err keep(struct act *act, const struct request_approval *approval,
                     struct act_answer *answer) {
    struct context *context = act->context;
    struct proposal_document made;
    TRY(sql_proposal_add(&act->tx, &made, .request = approval->view->facts.id,
                         .account = context->actor->account_id,
                         .granted_scopes = json_text(context->arena, approval->granted),
                         .refused_scopes = json_text(context->arena, approval->refused),
                         .reason = approval->asked->reason, .message = approval->asked->message));
    *answer = (struct act_answer){.status = 202, .json = made.document, .version = made.version};
    return ERR_NONE;
}

enum err request_proposal_make(struct act *act, const struct request_approval *approval) {
    struct context *context = act->context;
    const struct request_view *view = approval->view;
    struct act_answer answer = {0};
    struct value *told = value_object(context->arena);
    struct value *detail = value_object(context->arena);
    if (approval->asked->reason != NULL) {
        value_set_text(context->arena, told, "reason", approval->asked->reason);
    }
    value_set(detail, "granted_scopes", value_copy(context->arena, approval->granted));
    TRY(keep(act, approval, &answer));
    TRY(request_view_add_history(context, &act->tx, view, "propose", view->facts.state,
                                 approval->actor_role, told));
    TRY(request_mail_instructors(act, view, "request_to_confirm"));
    return act_commit(
        act, &(struct act_outcome){.audit = request_view_audit(view, "request.propose", detail),
                                   .answer = answer});
}

enum err request_proposal_take(struct act *act, const struct request_view *view,
                               const struct request_act *asked, struct proposal_row *row,
                               struct request_act *out) {
    struct value *scopes = NULL;
    TRY(sql_proposal_find(&act->tx, row, .request = view->facts.id));
    TRY(json_parse(act->context->arena, row->granted_scopes, strlen(row->granted_scopes), &scopes,
                   NULL));
    *out = *asked;
    out->reason = row->reason.or_null;
    out->message = row->message.or_null;
    out->granted_scopes = scopes;
    return ERR_NONE;
}

void request_proposal_tell(struct act *act, const struct request_view *view,
                           const struct proposal_row *row, const char *reason) {
    struct arena *arena = act->context->arena;
    struct value *data = request_mail_data(act->context, view);
    value_set_text(arena, data, "given_name", row->given_name);
    value_set_text(arena, data, "by_email", act->context->actor->email);
    value_set_text(arena, data, "reason", reason);
    act_mail(act, "request_proposal_declined", row->email, row->proposed_by, data);
}
