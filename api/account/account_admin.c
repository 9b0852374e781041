#include "account/account_admin.h"
#include "account/account_mail.h"
#include "account/staff.h"
#include "core/act.h"
#include "sql/account.h"
#include "sql/organisation.h"
#include <string.h>

enum err account_admin_search(struct context *context, const char *words, const struct page *page,
                              const char **document) {
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ);
    return sql_account_search(&once, document, .words = words, PAGE_TIME(page));
}

enum err account_admin_read(struct context *context, const char *account_id, const char **document,
                            int64_t *version) {
    struct account_document account;
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_account_overview(&once, &account, .account = account_id));
    *document = account.document;
    *version = account.version;
    return ERR_NONE;
}

/* The route is open to support as well, who look accounts up. */
static enum err check_admin(struct context *context, const char *account_id) {
    const struct actor *actor = context->actor;
    if (actor->kind != ACTOR_SYSTEM && !actor_has_role(actor, ROLE_ADMIN, NULL)) {
        return context_fail(context, ERR_FORBIDDEN, "Seuls les administrateurs le peuvent.");
    }
    if (actor->account_id != NULL && strcmp(actor->account_id, account_id) == 0) {
        return context_fail(context, ERR_FORBIDDEN,
                            "Personne n’agit ainsi sur son propre compte : demandez à un autre "
                            "administrateur.");
    }
    return ERR_NONE;
}

static struct audit_event audit_of(const char *action, const char *account_id,
                                   struct value *detail) {
    return (struct audit_event){
        .action = action, .subject_type = "account", .subject_id = account_id, .detail = detail};
}

static struct value *detail_of(struct context *context, const char *reason) {
    struct value *detail = value_object(context->arena);
    if (reason != NULL) {
        value_set_text(context->arena, detail, "reason", reason);
    }
    return detail;
}

static enum err answer_overview(struct act *act, const char *account_id,
                                struct act_answer *answer) {
    struct account_document account;
    TRY(sql_account_overview(&act->tx, &account, .account = account_id));
    *answer =
        (struct act_answer){.status = 200, .json = account.document, .version = account.version};
    return ERR_NONE;
}

enum err account_admin_suspend(struct context *context, const char *account_id,
                               const struct suspension *suspension) {
    struct account_row account;
    struct account_suspension now;
    struct act_answer answer;
    TRY(check_admin(context, account_id));
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(staff_check_not_last_admin(context, &act.tx, account_id));
    TRY(sql_account_lock(&act.tx, &account, .account = account_id));
    if (!account.is_active) {
        return context_fail(context, ERR_CONFLICT, "Ce compte n’a jamais été activé.");
    }
    TRY(sql_account_suspend(&act.tx, .account = account_id, .reason = suspension->reason,
                            .until = suspension->until, .by = context->actor->account_id));
    TRY(sql_account_find_suspension(&act.tx, &now, .account = account_id));
    struct value *detail = detail_of(context, suspension->reason);
    if (suspension->until != NULL) {
        value_set_text(context->arena, detail, "until", suspension->until);
    }
    struct value *data = account_mail_greeting(context->arena, &account);
    value_set_text(context->arena, data, "reason", suspension->reason);
    value_set_text(context->arena, data, "until", now.until.or_null);
    act_mail(&act, "account_suspended", account.email, account.id, data);
    TRY(answer_overview(&act, account_id, &answer));
    return act_commit(
        &act, &(struct act_outcome){.audit = audit_of("account.suspend", account_id, detail),
                                    .answer = answer});
}

enum err account_admin_lift(struct context *context, const char *account_id, const char *reason) {
    struct account_row account;
    size_t lifted = 0;
    TRY(check_admin(context, account_id));
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(sql_account_lock(&act.tx, &account, .account = account_id));
    if (account.is_active) {
        TRY(sql_account_lift_suspension(&act.tx, &lifted, .account = account_id));
    }
    if (lifted == 0) {
        return context_fail(context, ERR_CONFLICT, "Ce compte n’est pas suspendu.");
    }
    account_mail_notice(&act, &account, "account_reinstated");
    return act_commit(&act,
                      &(struct act_outcome){.audit = audit_of("account.lift_suspension", account_id,
                                                              detail_of(context, reason)),
                                            .answer = {.status = 204}});
}

enum err account_admin_end_sessions(struct context *context, const char *account_id) {
    struct account_row account;
    TRY(check_admin(context, account_id));
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(sql_account_lock(&act.tx, &account, .account = account_id));
    TRY(sql_session_delete_all(&act.tx, .account = account_id, .kept = NULL));
    account_mail_notice(&act, &account, "sessions_ended");
    return act_commit(
        &act, &(struct act_outcome){.audit = audit_of("account.end_sessions", account_id, NULL),
                                    .answer = {.status = 204}});
}

/* Anyone who had the factor is logged out with it. */
static enum err remove_factor(struct act *act, const struct account_row *account) {
    TRY(sql_second_factor_delete(&act->tx, .account = account->id));
    TRY(sql_session_delete_all(&act->tx, .account = account->id, .kept = NULL));
    account_mail_notice(act, account, "second_factor_reset");
    return ERR_NONE;
}

/* The second administrator. */
static enum err confirm_reset(struct act *act, const struct account_row *account,
                              const char *reason) {
    struct context *context = act->context;
    struct second_factor_reset_row reset;
    bool found = false;
    TRY(sql_second_factor_reset_lock(&act->tx, &found, &reset, .account = account->id));
    if (!found) {
        return ERR_UNAVAILABLE; /* called off in between: the next attempt asks anew */
    }
    if (strcmp(reset.asked_by, context->actor->account_id) == 0) {
        return context_fail(context, ERR_CONFLICT,
                            "Vous l’avez déjà demandé : un autre administrateur peut le confirmer, "
                            "sinon le délai court.");
    }
    TRY(remove_factor(act, account));
    return act_commit(
        act, &(struct act_outcome){.audit = audit_of("account.reset_second_factor", account->id,
                                                     detail_of(context, reason)),
                                   .answer = {.status = 204}});
}

static enum err check_enrolled(struct context *context, struct tx *tx, const char *account_id) {
    struct second_factor_row factor;
    bool found = false;
    TRY(sql_second_factor_find(tx, &found, &factor, .account = account_id));
    return found && factor.is_confirmed
               ? ERR_NONE
               : context_fail(context, ERR_CONFLICT, "Aucun second facteur n’est enregistré.");
}

enum err account_admin_reset_factor(struct context *context, const char *account_id,
                                    const char *reason) {
    struct account_row account;
    struct second_factor_reset_document reset;
    bool is_first = false;
    TRY(check_admin(context, account_id));
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(sql_account_lock(&act.tx, &account, .account = account_id));
    TRY(check_enrolled(context, &act.tx, account_id));
    TRY(sql_second_factor_reset_ask(&act.tx, &is_first, &reset, .account = account_id,
                                    .reason = reason, .asked_by = context->actor->account_id,
                                    .wait_s = SECOND_FACTOR_RESET_WAITS_S));
    if (!is_first) {
        return confirm_reset(&act, &account, reason);
    }
    struct value *data = account_mail_greeting(context->arena, &account);
    value_set_text(context->arena, data, "reason", reason);
    value_set_text(context->arena, data, "due_on", reset.due_on);
    act_mail(&act, "second_factor_reset_asked", account.email, account.id, data);
    return act_commit(
        &act, &(struct act_outcome){.audit = audit_of("account.ask_second_factor_reset", account_id,
                                                      detail_of(context, reason)),
                                    .answer = {.status = 202, .json = reset.document}});
}

enum err account_admin_cancel_reset(struct context *context, const char *account_id) {
    struct account_row account;
    size_t ended = 0;
    TRY(check_admin(context, account_id));
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(sql_account_lock(&act.tx, &account, .account = account_id));
    TRY(sql_second_factor_reset_delete(&act.tx, &ended, .account = account_id));
    if (ended == 0) {
        return context_fail(context, ERR_CONFLICT, "Aucun retrait n’est prévu.");
    }
    account_mail_notice(&act, &account, "second_factor_reset_cancelled");
    return act_commit(&act,
                      &(struct act_outcome){
                          .audit = audit_of("account.cancel_second_factor_reset", account_id, NULL),
                          .answer = {.status = 204}});
}

static enum err run_reset(struct context *context, const char *account_id) {
    struct account_row account;
    struct second_factor_reset_row reset;
    bool found = false;
    size_t ended = 0;
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(sql_account_lock(&act.tx, &account, .account = account_id));
    TRY(sql_second_factor_reset_lock(&act.tx, &found, &reset, .account = account_id));
    if (!found) {
        return ERR_NONE;
    }
    const char *action =
        reset.is_backed ? "account.reset_second_factor" : "account.cancel_second_factor_reset";
    if (reset.is_backed) {
        TRY(remove_factor(&act, &account));
    } else {
        TRY(sql_second_factor_reset_delete(&act.tx, &ended, .account = account_id));
    }
    return act_commit(&act, &(struct act_outcome){.audit = audit_of(action, account_id, NULL)});
}

enum err account_admin_run_resets(struct context *context) {
    const char **due = NULL;
    size_t count = 0;
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_second_factor_reset_list_due(&once, &due, &count));
    for (size_t i = 0; i < count; i++) {
        TRY(run_reset(context, due[i]));
    }
    return ERR_NONE;
}
