#include "account/account_retention.h"
#include "account/account.h"
#include "account/account_mail.h"
#include "core/act.h"
#include "sql/account.h"

enum { WARNING_DAYS = 30, AT_ONCE = 100, NEVER_ACTIVATED_AT_ONCE = 1000 };

/* A transaction for each thousand, so that none holds its locks for long. */
static enum err delete_never_activated(struct context *context) {
    size_t deleted = NEVER_ACTIVATED_AT_ONCE;
    while (deleted == NEVER_ACTIVATED_AT_ONCE) {
        struct tx once =
            tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE);
        TRY(sql_account_delete_never_activated(&once, &deleted, .limit = NEVER_ACTIVATED_AT_ONCE));
    }
    return ERR_NONE;
}

enum err account_delete_expired(struct context *context) {
    TRY(delete_never_activated(context));
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(sql_registration_delete_expired(&tx));
    TRY(sql_session_delete_expired(&tx));
    TRY(sql_link_delete_expired(&tx));
    TRY(sql_attempt_delete_expired(&tx));
    TRY(sql_account_delete_old_emails(&tx));
    TRY(sql_membership_exclusion_delete_old(&tx));
    return tx_commit(&tx);
}

static enum err warn_owner(struct context *context, const char *id) {
    struct account_row account;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(sql_account_lock(&act.tx, &account, .account = id));
    TRY(sql_account_mark_warned(&act.tx, .account = id));
    account_mail_inactive(&act, &account, WARNING_DAYS);
    return act_commit(&act, &(struct act_outcome){0});
}

enum err account_retain_inactive(struct context *context) {
    struct account_inactive *inactive = NULL;
    size_t count = 0;
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_account_list_inactive(&once, &inactive, &count,
                                  .months = context->services->config->inactive_account_months,
                                  .warning_days = WARNING_DAYS, .limit = AT_ONCE));
    for (size_t i = 0; i < count; i++) {
        const enum err err = inactive[i].is_warned
                                 ? account_delete_inactive(context, inactive[i].id)
                                 : warn_owner(context, inactive[i].id);
        if (err != ERR_NOT_FOUND) { /* else the person deleted it meanwhile */
            TRY(err);
        }
    }
    return ERR_NONE;
}
