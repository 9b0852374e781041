#include "account/sign_up.h"
#include "account/account_mail.h"
#include "account/mailed_link.h"
#include "base/json.h"
#include "core/attempt.h"
#include "organisation/directory.h"
#include "organisation/membership.h"
#include "security/password.h"
#include "security/password_policy.h"

/* Whoever signs up too often gets the same answer, and no mail. */
static enum err take_mail(struct act *act, const char *email_key, bool *may_mail) {
    struct context *context = act->context;
    const enum err taken = attempt_take_in(context, &act->tx, ATTEMPT_MAIL, email_key);
    *may_mail = taken == ERR_NONE;
    if (taken == ERR_RATE_LIMITED) {
        context->detail = NULL;
        context->retry_after_s = 0;
        return ERR_NONE;
    }
    return taken;
}

/* Saves the newest data of a person who is not active yet (`*is_new`), or finds the active account that has the
 * address. */
static enum err save_account(struct act *act, const struct sign_up *input, const char *hash,
                             struct account_row *account, bool *is_new) {
    bool found = false;
    TRY(sql_account_sign_up(&act->tx, is_new, account, .email = input->email.address,
                            .email_key = input->email.key, .given_name = input->given_name,
                            .family_name = input->family_name, .job_title = input->job_title,
                            .phone = input->phone, .password_hash = hash, .siret = input->siret));
    if (*is_new) {
        return sql_membership_add_pending(&act->tx, .account = account->id, .siret = input->siret);
    }
    TRY(sql_account_find_by_email(&act->tx, &found, account, .email_key = input->email.key));
    return found ? ERR_NONE : ERR_UNAVAILABLE; /* deleted in between: the next attempt succeeds */
}

static enum err mail_owner(struct act *act, const struct account_row *account, bool is_new) {
    if (is_new) {
        return account_mail_activation(act, account);
    }
    account_mail_known(act, account);
    return ERR_NONE;
}

static const char *answer_of(const struct context *context, enum membership_case foreseen) {
    struct value *answer = value_object(context->arena);
    value_set_text(context->arena, answer, "status",
                   membership_case_attaches(foreseen) ? "activation_sent" : "suspended");
    value_set_text(context->arena, answer, "support_email",
                   context->services->config->support_email);
    return json_text(context->arena, answer);
}

static enum err register_account(struct context *context, const struct sign_up *input,
                                 const char *hash, const struct directory_answer *establishment) {
    struct account_row account;
    enum membership_case foreseen;
    bool may_mail = false;
    bool is_new = false;
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(take_mail(&act, input->email.key, &may_mail));
    TRY(directory_keep(&act.tx, input->siret, establishment));
    TRY(membership_foresee(&act.tx, input->siret, input->email.domain, &foreseen));
    TRY(save_account(&act, input, hash, &account, &is_new));
    if (may_mail) {
        TRY(mail_owner(&act, &account, is_new));
    }
    return act_commit(&act,
                      &(struct act_outcome){
                          .audit = {.action = is_new ? "account.sign_up" : "account.sign_up_again",
                                    .subject_type = "account",
                                    .subject_id = account.id,
                                    .siret = input->siret},
                          .answer = {.status = 202, .json = answer_of(context, foreseen)}});
}

enum err sign_up(struct context *context, const struct sign_up *input) {
    struct directory_answer establishment = {0};
    const char *hash = NULL;
    if (*input->siret != '\0') {
        const enum err asked = directory_ask(context, input->siret, "/siret", &establishment);
        if (asked != ERR_NONE && asked != ERR_INVALID) {
            return asked;
        }
    }
    if (input->password != NULL) {
        password_policy_check(context->errors, "/password", input->password, input->email.address,
                              input->given_name, input->family_name);
    }
    TRY(field_errors_verdict(context->errors));
    TRY(password_hash(context->arena, input->password, &hash));
    return register_account(context, input, hash, &establishment);
}

enum err sign_up_resend(struct context *context, const struct email *email) {
    return account_mail_request(context, "activation", email->key);
}

/* Attaches the person to the organisation that they chose. An account without any choice has nothing to be
 * attached to, and counts as attached. */
static enum err attach_chosen(struct act *act, const struct account_row *account, bool *attached,
                              const char **siret) {
    struct membership_pending *chosen = NULL;
    size_t count = 0;
    *attached = true;
    TRY(sql_membership_list_pending(&act->tx, &chosen, &count, .account = account->id));
    for (size_t i = 0; i < count; i++) {
        struct membership_result result;
        *siret = chosen[i].siret;
        TRY(membership_attach(act, account, *siret, &result));
        *attached = result.attached;
    }
    return ERR_NONE;
}

enum err sign_up_activate(struct context *context, const char *token) {
    struct link_row link;
    struct account_row account;
    const char *siret = NULL;
    bool attached = false;
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(link_lock(context, &act.tx, LINK_ACTIVATION, token, &link));
    TRY(sql_link_use(&act.tx, .link = link.id));
    TRY(sql_account_activate(&act.tx, .account = link.account_id));
    TRY(sql_account_lock(&act.tx, &account, .account = link.account_id));
    TRY(attach_chosen(&act, &account, &attached, &siret));
    return act_commit(
        &act, &(struct act_outcome){
                  .audit = {.action = attached ? "account.activate" : "account.activate_suspended",
                            .subject_type = "account",
                            .subject_id = account.id,
                            .siret = siret,
                            .account_id = account.id},
                  .answer = {.status = 200,
                             .json = attached ? "{\"status\":\"active\"}"
                                              : "{\"status\":\"suspended\"}"}});
}
