#include "account/account_mail.h"
#include "account/mailed_link.h"
#include "core/attempt.h"
#include "core/job.h"
#include "sql/account.h"
#include <string.h>

/* Purposes of the job. */
static const char SIGN_UP[] = "sign_up";
static const char RESET[] = "reset";

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

static const char *name_organisation(struct arena *arena,
                                     const struct registration_row *registration) {
    const char *name = registration->organisation.or_null;
    return name != NULL ? arena_printf(arena, "%s (SIRET %s)", name, registration->siret)
                        : arena_printf(arena, "SIRET %s", registration->siret);
}

static enum err mail_activation(struct act *act, const struct registration_row *registration) {
    struct arena *arena = act->context->arena;
    unsigned char hash[TOKEN_HASH_BYTES];
    size_t renewed = 0;
    const char *url = link_new(act->context, LINK_ACTIVATION, hash);
    TRY(sql_registration_renew(&act->tx, &renewed, .registration = registration->id,
                               .secret_hash = bytes_of(hash, sizeof hash),
                               .lives_s = LINK_ACTIVATION_LIVES_S));
    if (renewed == 0) {
        return ERR_NONE; /* activated in between */
    }
    struct value *data = value_object(arena);
    value_set_text(arena, data, "given_name", registration->given_name);
    value_set_text(arena, data, "family_name", registration->family_name);
    value_set_text(arena, data, "link", url);
    value_set_text(arena, data, "organisation", name_organisation(arena, registration));
    act_mail(act, "activation", registration->email, NULL, data);
    return ERR_NONE;
}

static void mail_known(struct act *act, const struct account_row *account) {
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

void account_mail_inactive(struct act *act, const struct account_row *account, int64_t days) {
    struct value *data = account_mail_greeting(act->context->arena, account);
    value_set(data, "days", value_integer(act->context->arena, days));
    act_mail(act, "account_inactive", account->email, account->id, data);
}

/* `registration_id`: the one that the mail is about; NULL: whatever waits for the address. */
static enum err add_job(struct tx *tx, const char *purpose, const char *email_key,
                        const char *registration_id) {
    struct value *payload = value_object(tx->arena);
    value_set_text(tx->arena, payload, "purpose", purpose);
    value_set_text(tx->arena, payload, "email_key", email_key);
    value_set_text(tx->arena, payload, "registration", registration_id);
    return job_add(tx, "account_mail", NULL, payload, 0);
}

enum err account_mail_registration(struct tx *tx, const char *email_key,
                                   const char *registration_id) {
    return add_job(tx, SIGN_UP, email_key, registration_id);
}

enum err account_mail_request(struct context *context, const char *purpose, const char *email_key) {
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE);
    return add_job(&once, purpose, email_key, NULL);
}

/* What a run of the job is about. */
struct wish {
    const char *purpose;
    const char *email_key;
    const char *registration_id; /* NULL: whatever waits for the address */
};

/* Counts a mail, unless the act that asked for it did. `*may` is false where too many went to the address. */
static enum err take_mail(struct act *act, const struct wish *wish, bool *may) {
    *may = strcmp(wish->purpose, SIGN_UP) == 0;
    if (*may) {
        return ERR_NONE;
    }
    const bool is_reset = strcmp(wish->purpose, RESET) == 0;
    const enum err taken = attempt_take_in(
        act->context, &act->tx, is_reset ? ATTEMPT_RESET_MAIL : ATTEMPT_MAIL, wish->email_key);
    *may = taken == ERR_NONE;
    return taken == ERR_RATE_LIMITED ? ERR_NONE : taken;
}

/* A mail for each registration that waits. */
static enum err mail_waiting(struct act *act, const struct wish *wish) {
    struct registration_row *waiting = NULL;
    size_t count = 0;
    TRY(sql_registration_list_waiting(&act->tx, &waiting, &count, .email_key = wish->email_key,
                                      .registration = wish->registration_id));
    for (size_t i = 0; i < count; i++) {
        bool may = false;
        TRY(take_mail(act, wish, &may));
        if (may) {
            TRY(mail_activation(act, &waiting[i]));
        }
    }
    return ERR_NONE;
}

static enum err mail_owner(struct act *act, const struct wish *wish,
                           const struct account_row *account) {
    bool may = false;
    TRY(take_mail(act, wish, &may));
    if (!may) {
        return ERR_NONE;
    }
    if (strcmp(wish->purpose, RESET) == 0) {
        return mail_reset(act, account);
    }
    /* A registration stays until it expires, like one of an unknown address; it has no link, and opens nothing. */
    mail_known(act, account);
    return ERR_NONE;
}

enum err account_mail_run(struct context *context, const struct value *payload) {
    const struct wish wish = {.purpose = value_get_text(payload, "purpose"),
                              .email_key = value_get_text(payload, "email_key"),
                              .registration_id = value_get_text(payload, "registration")};
    struct account_row account;
    bool is_known = false;
    if (wish.email_key == NULL || wish.purpose == NULL) {
        return ERR_NONE;
    }
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(sql_account_find_by_email(&act.tx, &is_known, &account, .email_key = wish.email_key));
    TRY(is_known && account.is_active ? mail_owner(&act, &wish, &account)
                                      : mail_waiting(&act, &wish));
    return act_commit(&act, &(struct act_outcome){0});
}
