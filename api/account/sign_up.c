#include "account/sign_up.h"
#include "account/account_mail.h"
#include "account/mailed_link.h"
#include "core/attempt.h"
#include "core/audit_event.h"
#include "organisation/directory.h"
#include "security/password.h"
#include "security/password_policy.h"

/* The newest data of a person who is not active yet; ERR_CONFLICT where the address is in use. */
static enum err save_pending(struct tx *tx, const struct sign_up *input, const char *hash) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_ACCOUNT_SIGN_UP, &rows, P_TEXT(input->email.address),
                 P_TEXT(input->email.key), P_TEXT(input->given_name), P_TEXT(input->family_name),
                 P_TEXT(input->job_title), P_TEXT(input->phone), P_TEXT(hash),
                 P_TEXT(input->siret)));
    return rows->count == 0 ? ERR_CONFLICT : ERR_NONE;
}

/* Whoever signs up once too often gets the same answer, and no mail. */
static enum err take_mail(struct context *context, struct tx *tx, const char *email_key,
                          bool *may_mail) {
    const enum err taken = attempt_take_mail(context, tx, ATTEMPT_MAIL, email_key);
    *may_mail = taken == ERR_NONE;
    if (taken == ERR_RATE_LIMITED) {
        context->detail = NULL;
        context->retry_after_s = 0;
        return ERR_NONE;
    }
    return taken;
}

/* One transaction for a new person, one of the same weight for a known one. */
static enum err register_person(struct context *context, const struct sign_up *input,
                                const char *hash, const struct directory_answer *answer) {
    struct account_row account;
    bool may_mail = false;
    bool found = false;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(take_mail(context, &tx, input->email.key, &may_mail));
    TRY(directory_keep(&tx, input->siret, answer));
    const enum err saved = save_pending(&tx, input, hash);
    if (saved != ERR_NONE && saved != ERR_CONFLICT) {
        return saved;
    }
    TRY(sql_account_find_by_email(&tx, &found, &account, .email_key = input->email.key));
    if (!found) {
        return ERR_NOT_FOUND; /* deleted meanwhile */
    }
    if (saved == ERR_NONE) {
        TRY(tx_query(&tx, &SQL_MEMBERSHIP_ADD_PENDING, NULL, P_TEXT(account.id),
                     P_TEXT(input->siret)));
    }
    if (may_mail) {
        TRY(saved == ERR_NONE ? account_mail_activation(context, &tx, &account)
                              : account_mail_known(context, &tx, &account));
    }
    TRY(audit_event_add(context, &tx,
                        &(struct audit_event){.action = saved == ERR_NONE ? "account.sign_up"
                                                                          : "account.sign_up_again",
                                              .subject_type = "account",
                                              .subject_id = account.id,
                                              .siret = input->siret}));
    return tx_commit(&tx);
}

enum err sign_up(struct context *context, const struct sign_up *input,
                 enum membership_case *foreseen) {
    struct directory_answer answer = {0};
    const char *hash = NULL;
    if (*input->siret != '\0') {
        const enum err asked = directory_ask(context, input->siret, "/siret", &answer);
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
    TRY(membership_foresee(context, input->siret, input->email.domain, foreseen));
    return register_person(context, input, hash, &answer);
}

enum err sign_up_resend(struct context *context, const struct email *email) {
    return account_mail_ask(context, "activation", email->key);
}

static enum err refuse_link(struct context *context) {
    field_errors_add(context->errors, "/token", "expired",
                     "Ce lien a déjà servi, a été remplacé par un plus récent ou a plus de "
                     "24 heures. Demandez-en un nouveau.");
    return ERR_INVALID;
}

/* Where the person said they work. An account without any choice has nothing to be attached to. */
static enum err attach_chosen(struct context *context, struct tx *tx,
                              const struct account_row *account, bool *attached,
                              const char **siret) {
    struct rows *rows = NULL;
    *attached = true;
    TRY(tx_query(tx, &SQL_MEMBERSHIP_LIST_PENDING, &rows, P_TEXT(account->id)));
    for (size_t i = 0; i < rows->count; i++) {
        struct membership_result result;
        *siret = rows_text(rows, i, "siret");
        TRY(membership_attach(context, tx, account, *siret, &result));
        *attached = result.attached;
    }
    return ERR_NONE;
}

enum err sign_up_activate(struct context *context, const char *token, bool *attached) {
    struct link_row link;
    struct account_row account;
    const char *siret = NULL;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    const enum err found = link_find(&tx, LINK_ACTIVATION, token, &link);
    if (found == ERR_NOT_FOUND) {
        return refuse_link(context);
    }
    TRY(found);
    TRY(link_use(&tx, &link));
    TRY(tx_query(&tx, &SQL_ACCOUNT_ACTIVATE, NULL, P_TEXT(link.account_id)));
    TRY(sql_account_lock(&tx, &account, .account = link.account_id));
    TRY(attach_chosen(context, &tx, &account, attached, &siret));
    TRY(audit_event_add_of(context, &tx, account.id,
                           &(struct audit_event){.action = *attached ? "account.activate"
                                                                     : "account.activate_suspended",
                                                 .subject_type = "account",
                                                 .subject_id = account.id,
                                                 .siret = siret}));
    return tx_commit(&tx);
}
