#include "account/password_reset.h"
#include "account/account_mail.h"
#include "account/mailed_link.h"
#include "core/attempt.h"
#include "core/audit_event.h"
#include "security/password.h"
#include "security/password_policy.h"

enum err password_reset_ask(struct context *context, const struct email *email) {
    return account_mail_ask(context, "reset", email->key);
}

static enum err find_link(struct context *context, struct tx *tx, const char *token,
                          struct link_row *link, struct account_row *account) {
    const enum err found = link_find(tx, LINK_PASSWORD_RESET, token, link);
    if (found == ERR_NOT_FOUND) {
        field_errors_add(context->errors, "/token", "expired",
                         "Ce lien a déjà servi, a été remplacé par un plus récent ou a plus de "
                         "30 minutes. Demandez-en un nouveau.");
        return ERR_INVALID;
    }
    TRY(found);
    return sql_account_find(tx, account, .account = link->account_id);
}

/* Whose link it is, without using it: the policy compares with the person's names. */
static enum err check_link(struct context *context, const char *token, const char *password) {
    struct link_row link;
    struct account_row account;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(find_link(context, &tx, token, &link, &account));
    password_policy_check(context->errors, "/password", password, account.email, account.given_name,
                          account.family_name);
    return field_errors_verdict(context->errors);
}

enum err password_reset_use(struct context *context, const char *token, const char *password) {
    struct link_row link;
    struct account_row account;
    const char *hash = NULL;
    TRY(check_link(context, token, password));
    TRY(password_hash(context->arena, password, &hash));
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(find_link(context, &tx, token, &link, &account));
    TRY(link_use(&tx, &link));
    TRY(tx_query(&tx, &SQL_ACCOUNT_SET_PASSWORD, NULL, P_TEXT(account.id), P_TEXT(hash)));
    TRY(tx_query(&tx, &SQL_SESSION_DELETE_ALL, NULL, P_TEXT(account.id), P_NULL));
    TRY(link_kill(&tx, LINK_EMAIL_CHANGE, account.id)); /* an intruder may have asked for it */
    TRY(account_mail_notice(&tx, &account, "password_changed"));
    TRY(audit_event_add_of(context, &tx, account.id,
                           &(struct audit_event){.action = "account.reset_password",
                                                 .subject_type = "account",
                                                 .subject_id = account.id}));
    TRY(tx_commit(&tx));
    tx_end(&tx);
    TRY(attempt_clear(context, ATTEMPT_LOGIN, account.email_key));
    return attempt_clear(context, ATTEMPT_LOGIN_FROM,
                         attempt_login_from(context, account.email_key));
}
