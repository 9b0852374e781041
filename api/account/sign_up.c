#include "account/sign_up.h"
#include "account/account_mail.h"
#include "account/device.h"
#include "account/mailed_link.h"
#include "base/json.h"
#include "core/attempt.h"
#include "organisation/directory.h"
#include "organisation/membership.h"
#include "security/password.h"
#include "security/password_policy.h"
#include "sql/account.h"
#include <string.h>

/* Anyone who signs up too often gets the same answer, and no mail. */
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

static enum err add_registration(struct tx *tx, const struct sign_up *input, bool *found,
                                 const char **id) {
    TRY(sql_registration_lock_address(tx, .email_key = input->email.key));
    return sql_registration_add(tx, found, id, .email = input->email.address,
                                .email_key = input->email.key, .given_name = input->given_name,
                                .family_name = input->family_name, .job_title = input->job_title,
                                .phone = input->phone, .siret = input->siret,
                                .max = REGISTRATIONS_MAX);
}

static const char *answer_of(const struct context *context, enum membership_case foreseen) {
    struct value *answer = value_object(context->arena);
    value_set_text(context->arena, answer, "status",
                   membership_case_attaches(foreseen) ? "activation_sent" : "suspended");
    value_set_text(context->arena, answer, "support_email",
                   context->services->config->support_email);
    return json_text(context->arena, answer);
}

/* Does the same whether somebody has the address or not: the job that mails looks. */
static enum err register_person(struct context *context, const struct sign_up *input,
                                const struct directory_answer *establishment) {
    enum membership_case foreseen;
    struct audit_event audit = {0};
    const char *id = NULL;
    bool may_mail = false;
    bool is_kept = false;
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(take_mail(&act, input->email.key, &may_mail));
    TRY(directory_keep(&act.tx, input->siret, establishment));
    TRY(membership_foresee(&act.tx, input->siret, input->email.domain, &foreseen));
    if (may_mail) {
        TRY(add_registration(&act.tx, input, &is_kept, &id));
    }
    if (is_kept) {
        TRY(account_mail_registration(&act.tx, input->email.key, id));
        audit = (struct audit_event){.action = "account.sign_up",
                                     .subject_type = "account",
                                     .subject_id = id,
                                     .siret = input->siret};
    }
    return act_commit(
        &act, &(struct act_outcome){
                  .audit = audit, .answer = {.status = 202, .json = answer_of(context, foreseen)}});
}

enum err sign_up(struct context *context, const struct sign_up *input) {
    struct directory_answer establishment = {0};
    if (*input->siret != '\0') {
        const enum err asked = directory_ask(context, input->siret, "/siret", &establishment);
        if (asked != ERR_NONE && asked != ERR_INVALID) {
            return asked;
        }
    }
    TRY(field_errors_verdict(context->errors));
    return register_person(context, input, &establishment);
}

enum err sign_up_resend(struct context *context, const struct email *email) {
    return account_mail_request(context, "activation", email->key);
}

static enum err find_registration(struct context *context, struct tx *tx, const char *token,
                                  struct registration_row *out) {
    unsigned char hash[TOKEN_HASH_BYTES];
    bool found = false;
    token_hash_bytes(token, hash);
    TRY(sql_registration_find(tx, &found, out, .secret_hash = bytes_of(hash, sizeof hash)));
    return found ? ERR_NONE : link_refuse(context, tx, LINK_ACTIVATION, token);
}

static enum err find_once(struct context *context, const char *token,
                          struct registration_row *out) {
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ);
    return find_registration(context, &once, token, out);
}

enum err sign_up_preview(struct context *context, const char *token, const char **document) {
    struct registration_row registration;
    enum membership_case foreseen;
    struct arena *arena = context->arena;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, arena, IDENTITY_SYSTEM, TX_READ, &tx));
    TRY(find_registration(context, &tx, token, &registration));
    TRY(membership_foresee_for(context, &tx, registration.siret, registration.email_key,
                               &foreseen));
    struct value *preview = value_object(arena);
    value_set_text(arena, preview, "email", registration.email);
    value_set_text(arena, preview, "given_name", registration.given_name);
    value_set_text(arena, preview, "family_name", registration.family_name);
    value_set_text(arena, preview, "siret", registration.siret);
    value_set_text(arena, preview, "organisation", registration.organisation.or_null);
    value_set_text(arena, preview, "likely", membership_case_name(foreseen));
    *document = json_text(arena, preview);
    return ERR_NONE;
}

/* Makes the account, unless the address got one meanwhile. Of two activations at once the second finds its
 * registration gone: the address is locked first. */
static enum err make_account(struct act *act, const struct activation *input, const char *email_key,
                             const char *hash, struct registration_row *registration,
                             struct account_row *account) {
    const char *id = NULL;
    bool is_made = false;
    TRY(sql_registration_lock_address(&act->tx, .email_key = email_key));
    TRY(find_registration(act->context, &act->tx, input->token, registration));
    TRY(sql_account_create_active(
        &act->tx, &is_made, &id, .id = registration->id, .email = registration->email,
        .email_key = registration->email_key,
        .given_name = input->given_name != NULL ? input->given_name : registration->given_name,
        .family_name = input->family_name != NULL ? input->family_name : registration->family_name,
        .job_title = registration->job_title.or_null, .phone = registration->phone.or_null,
        .password_hash = hash));
    return is_made ? sql_account_lock(&act->tx, account, .account = id)
                   : link_refuse(act->context, &act->tx, LINK_ACTIVATION, input->token);
}

static enum err activate(struct context *context, const struct activation *input,
                         const char *email_key, const char *hash, const char *device_cookie,
                         const char **device) {
    struct registration_row registration;
    struct account_row account = {0};
    struct membership_result joined;
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(make_account(&act, input, email_key, hash, &registration, &account));
    TRY(membership_attach(&act, &account, registration.siret, &joined));
    TRY(device_renew(context, &act.tx, device_cookie, account.id, false, device));
    return act_commit(
        &act,
        &(struct act_outcome){
            .audit = {.action = joined.attached ? "account.activate" : "account.activate_suspended",
                      .subject_type = "account",
                      .subject_id = account.id,
                      .siret = registration.siret,
                      .account_id = account.id},
            .answer = {.status = 200,
                       .json = joined.attached ? "{\"status\":\"active\"}"
                                               : "{\"status\":\"suspended\"}"}});
}

enum err sign_up_activate(struct context *context, const struct activation *input,
                          const char *device_cookie, const char **device) {
    struct registration_row registration;
    const char *hash = NULL;
    TRY(find_once(context, input->token, &registration));
    password_policy_check(context->errors, "/password", input->password, registration.email,
                          input->given_name != NULL ? input->given_name : registration.given_name,
                          input->family_name != NULL ? input->family_name
                                                     : registration.family_name);
    TRY(field_errors_verdict(context->errors));
    TRY(password_hash(context->arena, input->password, &hash));
    return activate(context, input, registration.email_key, hash, device_cookie, device);
}
