#include "account/account_mail.h"
#include "account/mailed_link.h"
#include "core/attempt.h"
#include "core/job.h"
#include <string.h>

static const char *page_url(const struct context *context, const char *path) {
    return arena_printf(context->arena, "%s%s", context->services->config->public_url, path);
}

struct value *account_mail_greeting(struct arena *arena, const struct account_row *account) {
    struct value *data = value_object(arena);
    value_set_text(arena, data, "given_name", account->given_name);
    value_set_text(arena, data, "family_name", account->family_name);
    value_set_text(arena, data, "email", account->email);
    return data;
}

static enum err name_organisation(struct tx *tx, const char *siret, const char **name) {
    struct nullable_text found;
    *name = siret;
    if (siret == NULL) {
        return ERR_NONE;
    }
    TRY(sql_organisation_find(tx, &found, .siret = siret));
    *name = found.or_null != NULL ? arena_printf(tx->arena, "%s (SIRET %s)", found.or_null, siret)
                                  : arena_printf(tx->arena, "SIRET %s", siret);
    return ERR_NONE;
}

enum err account_mail_activation(struct act *act, const struct account_row *account) {
    struct arena *arena = act->context->arena;
    const char *url = NULL;
    const char *organisation = NULL;
    TRY(link_create(act->context, &act->tx, LINK_ACTIVATION, account->id, NULL, &url));
    TRY(name_organisation(&act->tx, account->current_siret.or_null, &organisation));
    struct value *data = account_mail_greeting(arena, account);
    value_set_text(arena, data, "link", url);
    value_set_text(arena, data, "organisation", organisation);
    act_mail(act, "activation", account->email, account->id, data);
    return ERR_NONE;
}

void account_mail_known(struct act *act, const struct account_row *account) {
    struct arena *arena = act->context->arena;
    struct value *data = account_mail_greeting(arena, account);
    value_set_text(arena, data, "login_url", page_url(act->context, "/connexion"));
    value_set_text(arena, data, "reset_url", page_url(act->context, "/mot-de-passe"));
    act_mail(act, "already_registered", account->email, account->id, data);
}

static enum err mail_reset(struct act *act, const struct account_row *account) {
    struct arena *arena = act->context->arena;
    const char *url = NULL;
    TRY(link_create(act->context, &act->tx, LINK_PASSWORD_RESET, account->id, NULL, &url));
    struct value *data = account_mail_greeting(arena, account);
    value_set_text(arena, data, "link", url);
    act_mail(act, "password_reset", account->email, account->id, data);
    return ERR_NONE;
}

void account_mail_notice(struct act *act, const struct account_row *account, const char *template) {
    act_mail(act, template, account->email, account->id,
             account_mail_greeting(act->context->arena, account));
}

enum err account_mail_request(struct context *context, const char *purpose, const char *email_key) {
    struct value *payload = value_object(context->arena);
    value_set_text(context->arena, payload, "purpose", purpose);
    value_set_text(context->arena, payload, "email_key", email_key);
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE);
    return job_add(&once, "account_mail", NULL, payload, 0);
}

/* What helps the owner of the address, whatever was asked for. */
static enum err mail_what_fits(struct act *act, bool is_reset, const struct account_row *account) {
    if (!account->is_active) {
        return account_mail_activation(act, account);
    }
    if (is_reset) {
        return mail_reset(act, account);
    }
    account_mail_known(act, account);
    return ERR_NONE;
}

enum err account_mail_run(struct context *context, const struct value *payload) {
    const char *email_key = value_get_text(payload, "email_key");
    const char *purpose = value_get_text(payload, "purpose");
    struct account_row account;
    bool found = false;
    if (email_key == NULL || purpose == NULL) {
        return ERR_NONE;
    }
    const bool is_reset = strcmp(purpose, "reset") == 0;
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    const enum err taken =
        attempt_take_in(context, &act.tx, is_reset ? ATTEMPT_RESET_MAIL : ATTEMPT_MAIL, email_key);
    if (taken == ERR_RATE_LIMITED) {
        return ERR_NONE; /* too many mails to this address already */
    }
    TRY(taken);
    TRY(sql_account_find_by_email(&act.tx, &found, &account, .email_key = email_key));
    if (!found) {
        return ERR_NONE; /* not counted either: the transaction is rolled back */
    }
    TRY(mail_what_fits(&act, is_reset, &account));
    return act_commit(&act, &(struct act_outcome){0});
}
