#include "account/password_reset.h"
#include "account/account_mail.h"
#include "account/device.h"
#include "account/mailed_link.h"
#include "base/json.h"
#include "core/attempt.h"
#include "security/password.h"
#include "security/password_policy.h"

enum err password_reset_request(struct context *context, const struct email *email) {
    return account_mail_request(context, "reset", email->key);
}

static enum err find_owner(struct context *context, struct tx *tx, const char *token,
                           struct link_row *link, struct account_row *account) {
    TRY(link_lock(context, tx, LINK_PASSWORD_RESET, token, link));
    return sql_account_find(tx, account, .account = link->account_id);
}

enum err password_reset_preview(struct context *context, const char *token, const char **document) {
    struct link_row link;
    struct account_row account;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(find_owner(context, &tx, token, &link, &account));
    struct value *preview = value_object(context->arena);
    value_set_text(context->arena, preview, "email", account.email);
    *document = json_text(context->arena, preview);
    return ERR_NONE;
}

/* Checks the password before it is hashed: the policy compares it with the owner's names. The link is not
 * used yet. */
static enum err check_password(struct context *context, const char *token, const char *password) {
    struct link_row link;
    struct account_row account;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(find_owner(context, &tx, token, &link, &account));
    password_policy_check(context->errors, "/password", password, account.email, account.given_name,
                          account.family_name);
    return field_errors_verdict(context->errors);
}

enum err password_reset_use(struct context *context, const char *token, const char *password,
                            const char *device_cookie, const char **device) {
    struct link_row link;
    struct account_row account;
    const char *hash = NULL;
    TRY(check_password(context, token, password));
    TRY(password_hash(context->arena, password, &hash));
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(find_owner(context, &act.tx, token, &link, &account));
    TRY(sql_link_use(&act.tx, .link = link.id));
    TRY(sql_account_set_password(&act.tx, .account = account.id, .hash = hash));
    TRY(sql_session_delete_all(&act.tx, .account = account.id, .kept = NULL));
    TRY(device_renew(context, &act.tx, device_cookie, account.id, false, device));
    /* Anyone who knew the former password may have asked for a change of address. */
    TRY(link_cancel(&act.tx, LINK_EMAIL_CHANGE, account.id));
    TRY(attempt_clear(context, &act.tx, ATTEMPT_LOGIN_FROM,
                      attempt_login_from(context, account.email_key)));
    TRY(attempt_clear(context, &act.tx, ATTEMPT_LOGIN, account.email_key));
    account_mail_notice(&act, &account, "password_changed");
    return act_commit(&act, &(struct act_outcome){.audit = {.action = "account.reset_password",
                                                            .subject_type = "account",
                                                            .subject_id = account.id,
                                                            .account_id = account.id},
                                                  .answer = {.status = 204}});
}
