/* Changing one's address: asked from the present one, confirmed from the new one. */
#include "account/account.h"
#include "account/account_mail.h"
#include "account/mailed_link.h"
#include "core/attempt.h"
#include "core/audit_event.h"
#include "core/outbox.h"
#include "organisation/membership.h"
#include <string.h>

enum { EMAIL_CHANGE_LIVES_S = 24 * 3600 };

static struct value *mail_data(struct arena *arena, const struct account_row *account,
                               const char *new_email) {
    struct value *data = value_object(arena);
    value_set_text(arena, data, "given_name", account->given_name);
    value_set_text(arena, data, "former_email", account->email);
    value_set_text(arena, data, "new_email", new_email);
    return data;
}

/* An address that belongs to somebody gets no link; nobody can tell from the answer. */
static enum err mail_new_address(struct context *context, struct tx *tx,
                                 const struct account_row *account, const struct email *email) {
    struct account_row owner;
    const char *secret = NULL;
    bool is_taken = false;
    TRY(sql_account_find_by_email(tx, &is_taken, &owner, .email_key = email->key));
    if (is_taken) {
        return ERR_NONE;
    }
    TRY(link_create(tx, LINK_EMAIL_CHANGE, account->id, email->address, email->key,
                    EMAIL_CHANGE_LIVES_S, &secret));
    struct value *data = mail_data(context->arena, account, email->address);
    value_set_text(context->arena, data, "link",
                   arena_printf(context->arena, "%s/adresse#%s",
                                context->services->config->public_url, secret));
    return outbox_add(tx, "email_change", email->address, account->id, data);
}

enum err account_ask_email(struct context *context, const struct email *email) {
    struct account_row account;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(attempt_take_mail(context, &tx, ATTEMPT_MAIL, email->key));
    TRY(sql_account_lock(&tx, &account, .account = context->actor->account_id));
    TRY(mail_new_address(context, &tx, &account, email));
    TRY(outbox_add(&tx, "email_change_asked", account.email, account.id,
                   mail_data(context->arena, &account, email->address)));
    TRY(audit_event_add(context, &tx,
                        &(struct audit_event){.action = "account.ask_email",
                                              .subject_type = "account",
                                              .subject_id = account.id}));
    return tx_commit(&tx);
}

static enum err refuse_link(struct context *context) {
    field_errors_add(context->errors, "/token", "expired",
                     "Ce lien a déjà servi, a été remplacé par un plus récent ou a plus de "
                     "24 heures. Demandez-en un nouveau depuis votre compte.");
    return ERR_INVALID;
}

static enum err set_email(struct context *context, struct tx *tx, const char *account_id,
                          const struct link_row *link) {
    const enum err err = tx_query(tx, &SQL_ACCOUNT_SET_EMAIL, NULL, P_TEXT(account_id),
                                  P_TEXT(link->email), P_TEXT(link->email_key));
    return err == ERR_CONFLICT ? context_fail(context, ERR_CONFLICT,
                                              "Un autre compte utilise désormais cette adresse.")
                               : err;
}

static enum err tell_both(struct context *context, struct tx *tx, const struct account_row *account,
                          const char *new_email) {
    struct value *data = mail_data(context->arena, account, new_email);
    TRY(outbox_add(tx, "email_changed", account->email, account->id, data));
    return outbox_add(tx, "email_changed", new_email, account->id, data);
}

static bool same_domain(const char *key, const char *other) {
    return strcmp(strrchr(key, '@'), strrchr(other, '@')) == 0;
}

enum err account_confirm_email(struct context *context, const char *token) {
    struct link_row link;
    struct account_row former;
    struct account_row account;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    const enum err found = link_find(&tx, LINK_EMAIL_CHANGE, token, &link);
    if (found == ERR_NOT_FOUND) {
        return refuse_link(context);
    }
    TRY(found);
    TRY(link_use(&tx, &link));
    TRY(sql_account_lock(&tx, &former, .account = link.account_id));
    TRY(set_email(context, &tx, former.id, &link));
    TRY(link_kill(&tx, LINK_PASSWORD_RESET, former.id)); /* mailed to the former address */
    TRY(tell_both(context, &tx, &former, link.email));
    TRY(sql_account_find(&tx, &account, .account = former.id));
    if (!same_domain(former.email_key, account.email_key)) {
        TRY(membership_review(&tx, &account));
    }
    TRY(audit_event_add_of(context, &tx, account.id,
                           &(struct audit_event){.action = "account.change_email",
                                                 .subject_type = "account",
                                                 .subject_id = account.id}));
    return tx_commit(&tx);
}
