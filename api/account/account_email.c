/* Changing one's address: asked for by a session, confirmed by a link to the new address in a session of the same
 * account. The link proves the new address, the session who the person is. */
#include "account/account.h"
#include "account/account_mail.h"
#include "account/mailed_link.h"
#include "core/attempt.h"
#include "organisation/membership.h"
#include <string.h>

/* Bounds what an account keeps of itself. Only one change waits at a time, so that none of two can pass it. */
enum { FORMER_EMAILS_MAX = 20 };

static struct value *mail_data(struct arena *arena, const struct account_row *account,
                               const char *new_email) {
    struct value *data = value_object(arena);
    value_set_text(arena, data, "given_name", account->given_name);
    value_set_text(arena, data, "former_email", account->email);
    value_set_text(arena, data, "new_email", new_email);
    return data;
}

/* The owner of an address that somebody has gets a mail that says so, and nobody gets the link. The account that
 * asks sees no difference, neither in the answer and its time nor in its pending_email. */
static enum err mail_link(struct act *act, const struct account_row *account,
                          const struct email *email) {
    struct context *context = act->context;
    struct account_row owner;
    const char *url = NULL;
    bool is_taken = false;
    TRY(sql_account_find_by_email(&act->tx, &is_taken, &owner, .email_key = email->key));
    TRY(link_create(context, &act->tx, LINK_EMAIL_CHANGE, account->id, email, &url));
    struct value *data = mail_data(context->arena, account, email->address);
    if (is_taken) {
        act_mail(act, "email_change_known", owner.email, owner.id, data);
        return ERR_NONE;
    }
    value_set_text(context->arena, data, "link", url);
    act_mail(act, "email_change", email->address, account->id, data);
    return ERR_NONE;
}

static enum err check_may_change(struct context *context, struct tx *tx) {
    int64_t count = 0;
    TRY(sql_account_count_former_emails(tx, &count, .account = context->actor->account_id));
    return count < FORMER_EMAILS_MAX
               ? ERR_NONE
               : context_fail(context, ERR_CONFLICT,
                              "Ce compte a déjà eu vingt autres adresses en deux ans : écrivez au "
                              "support.");
}

enum err account_request_email_change(struct context *context, const struct email *email) {
    struct account_row account;
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(attempt_take_in(context, &act.tx, ATTEMPT_MAIL, email->key));
    TRY(sql_account_lock(&act.tx, &account, .account = context->actor->account_id));
    TRY(check_may_change(context, &act.tx));
    TRY(mail_link(&act, &account, email));
    act_mail(&act, "email_change_asked", account.email, account.id,
             mail_data(context->arena, &account, email->address));
    return act_commit(&act, &(struct act_outcome){.audit = {.action = "account.ask_email",
                                                            .subject_type = "account",
                                                            .subject_id = account.id},
                                                  .answer = {.status = 202}});
}

static enum err lock_own_link(struct context *context, struct tx *tx, const char *token,
                              struct link_row *link) {
    TRY(link_lock(context, tx, LINK_EMAIL_CHANGE, token, link));
    return strcmp(link->account_id, context->actor->account_id) == 0
               ? ERR_NONE
               : context_fail(context, ERR_UNAUTHENTICATED,
                              "Ce lien a été demandé depuis un autre compte : connectez-vous avec "
                              "celui-là.");
}

static enum err set_email(struct context *context, struct tx *tx, const struct link_row *link) {
    const enum err err =
        sql_account_set_email(tx, .account = link->account_id, .email = link->email.or_null,
                              .email_key = link->email_key.or_null);
    return err == ERR_CONFLICT ? context_fail(context, ERR_CONFLICT,
                                              "Un autre compte utilise désormais cette adresse.")
                               : err;
}

static void mail_both(struct act *act, const struct account_row *former, const char *new_email) {
    struct value *data = mail_data(act->context->arena, former, new_email);
    act_mail(act, "email_changed", former->email, former->id, data);
    act_mail(act, "email_changed", new_email, former->id, data);
}

static bool has_same_domain(const char *key, const char *other) {
    return strcmp(strrchr(key, '@'), strrchr(other, '@')) == 0;
}

enum err account_confirm_email(struct context *context, const char *token) {
    struct link_row link;
    struct account_row former;
    struct account_row account;
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(lock_own_link(context, &act.tx, token, &link));
    TRY(sql_link_use(&act.tx, .link = link.id));
    TRY(sql_account_lock(&act.tx, &former, .account = link.account_id));
    TRY(set_email(context, &act.tx, &link));
    TRY(link_cancel(&act.tx, LINK_PASSWORD_RESET, former.id)); /* mailed to the former address */
    TRY(sql_session_delete_all(&act.tx, .account = former.id, .kept = context->actor->session_id));
    TRY(sql_account_find(&act.tx, &account, .account = former.id));
    mail_both(&act, &former, account.email);
    if (!has_same_domain(former.email_key, account.email_key)) {
        TRY(membership_review(&act, &account));
    }
    return act_commit(&act, &(struct act_outcome){.audit = {.action = "account.change_email",
                                                            .subject_type = "account",
                                                            .subject_id = account.id},
                                                  .answer = {.status = 204}});
}
