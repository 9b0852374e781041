#include "account/account_mail.h"
#include "account/mailed_link.h"
#include "account/password_reset.h"
#include "account/sign_up.h"
#include "core/attempt.h"
#include "core/job.h"
#include "core/outbox.h"
#include <string.h>

static const char *link_address(const struct context *context, const char *path,
                                const char *secret) {
    return arena_printf(context->arena, "%s%s#%s", context->services->config->public_url, path,
                        secret);
}

static struct value *greeting(struct arena *arena, const struct account_row *account) {
    struct value *data = value_object(arena);
    value_set_text(arena, data, "given_name", account->given_name);
    value_set_text(arena, data, "family_name", account->family_name);
    value_set_text(arena, data, "email", account->email);
    return data;
}

static enum err organisation_name(struct tx *tx, const char *siret, const char **name) {
    struct rows *rows = NULL;
    *name = siret;
    if (siret == NULL) {
        return ERR_NONE;
    }
    TRY(tx_query(tx, &SQL_ORGANISATION_FIND, &rows, P_TEXT(siret)));
    const char *found = rows_text(rows, 0, "name");
    *name = found != NULL ? arena_printf(tx->arena, "%s (SIRET %s)", found, siret)
                          : arena_printf(tx->arena, "SIRET %s", siret);
    return ERR_NONE;
}

enum err account_mail_activation(struct context *context, struct tx *tx,
                                 const struct account_row *account) {
    const char *secret = NULL;
    const char *organisation = NULL;
    TRY(link_create(tx, LINK_ACTIVATION, account->id, NULL, NULL, ACTIVATION_LIVES_S, &secret));
    TRY(organisation_name(tx, account->current_siret.or_null, &organisation));
    struct value *data = greeting(context->arena, account);
    value_set_text(context->arena, data, "link", link_address(context, "/activation", secret));
    value_set_text(context->arena, data, "organisation", organisation);
    return outbox_add(tx, "activation", account->email, account->id, data);
}

enum err account_mail_known(struct context *context, struct tx *tx,
                            const struct account_row *account) {
    const char *public_url = context->services->config->public_url;
    struct value *data = greeting(context->arena, account);
    value_set_text(context->arena, data, "login_url",
                   arena_printf(context->arena, "%s/connexion", public_url));
    value_set_text(context->arena, data, "reset_url",
                   arena_printf(context->arena, "%s/mot-de-passe", public_url));
    return outbox_add(tx, "already_registered", account->email, account->id, data);
}

enum err account_mail_reset(struct context *context, struct tx *tx,
                            const struct account_row *account) {
    const char *secret = NULL;
    TRY(link_create(tx, LINK_PASSWORD_RESET, account->id, NULL, NULL, PASSWORD_RESET_LIVES_S,
                    &secret));
    struct value *data = greeting(context->arena, account);
    value_set_text(context->arena, data, "link", link_address(context, "/mot-de-passe", secret));
    return outbox_add(tx, "password_reset", account->email, account->id, data);
}

enum err account_mail_notice(struct tx *tx, const struct account_row *account,
                             const char *template) {
    return outbox_add(tx, template, account->email, account->id, greeting(tx->arena, account));
}

enum err account_mail_ask(struct context *context, const char *purpose, const char *email_key) {
    struct value *payload = value_object(context->arena);
    value_set_text(context->arena, payload, "purpose", purpose);
    value_set_text(context->arena, payload, "email_key", email_key);
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(job_add(&tx, "account_mail", NULL, payload, 0));
    return tx_commit(&tx);
}

/* What the owner of the address needs: who asks for the wrong one gets the one that helps. */
static enum err mail_what_fits(struct context *context, struct tx *tx, const char *purpose,
                               const struct account_row *account) {
    if (!account->is_active) {
        return account_mail_activation(context, tx, account);
    }
    return strcmp(purpose, "reset") == 0 ? account_mail_reset(context, tx, account)
                                         : account_mail_known(context, tx, account);
}

enum err account_mail_run(struct context *context, const struct value *payload) {
    const char *email_key = value_get_text(payload, "email_key");
    const char *purpose = value_get_text(payload, "purpose");
    struct account_row account;
    bool found = false;
    if (email_key == NULL || purpose == NULL) {
        return ERR_NONE;
    }
    const enum attempt_kind kind =
        strcmp(purpose, "reset") == 0 ? ATTEMPT_RESET_MAIL : ATTEMPT_MAIL;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    const enum err may_mail = attempt_take_mail(context, &tx, kind, email_key);
    if (may_mail == ERR_RATE_LIMITED) {
        return ERR_NONE; /* too many mails to this address already */
    }
    TRY(may_mail);
    TRY(sql_account_find_by_email(&tx, &found, &account, .email_key = email_key));
    if (!found) {
        return ERR_NONE; /* nor is it counted */
    }
    TRY(mail_what_fits(context, &tx, purpose, &account));
    return tx_commit(&tx);
}
