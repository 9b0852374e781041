#include "token/token_share.h"
#include "base/json.h"
#include "core/act.h"
#include "core/email.h"
#include "core/link_ending.h"
#include "security/random.h"
#include "security/token_hash.h"
#include "token/token.h"
#include "token/token_acts.h"
#include "token/token_notice.h"

enum { PENDING_MAX = 20 };

/* What the audit says of a link. */
struct share_audit {
    const char *id;
    const char *token_id;
    const char *product; /* NULL where the act does not read it */
    const char *siret;
};

static struct audit_event audit_of(struct context *context, const char *action,
                                   const struct share_audit *use) {
    struct value *detail = value_object(context->arena);
    value_set_text(context->arena, detail, "share_id", use->id);
    return (struct audit_event){.action = action,
                                .subject_type = "token",
                                .subject_id = use->token_id,
                                .product = use->product,
                                .siret = use->siret,
                                .detail = detail};
}

static enum err mail_link(struct act *act, const char *token_id, const char *email,
                          const char *secret) {
    struct value *data = NULL;
    TRY(token_describe(&act->tx, token_id, &data));
    value_set_text(act->context->arena, data, "token", secret);
    act_mail(act, "token_share", email, NULL, data);
    return ERR_NONE;
}

enum err token_share_send(struct context *context, const char *token_id, const char *email) {
    struct token_row row;
    struct email parsed;
    struct token_share_created share;
    int64_t pending = 0;
    TRY(email_parse(context->errors, "/email", email, &parsed));
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(token_lock_for(context, &act.tx, token_id, TOKEN_ACT_SHARE, &row));
    TRY(sql_token_share_count_pending(&act.tx, &pending, .token = token_id));
    if (pending >= PENDING_MAX) {
        return context_fail(context, ERR_CONFLICT,
                            "Vingt liens attendent déjà : annulez-en, ou attendez leur fin.");
    }
    const char *secret = random_token(context->arena);
    TRY(sql_token_share_create(&act.tx, &share, .token = token_id, .email = parsed.address,
                               .secret_hash = token_hash_text(context->arena, secret),
                               .account = context->actor->account_id));
    TRY(mail_link(&act, token_id, parsed.address, secret));
    const struct share_audit use = {
        .id = share.id, .token_id = token_id, .product = row.product, .siret = row.siret};
    return act_commit(&act,
                      &(struct act_outcome){.audit = audit_of(context, "token.share", &use),
                                            .event = "token.shared",
                                            .event_request_id = row.request_id,
                                            .answer = {.status = 201, .json = share.document}});
}

enum err token_share_read_all(struct context *context, const char *token_id,
                              const struct page *page, const char **json) {
    const struct identity identity = context_identity(context);
    TRY(token_check_right(context, token_id, TOKEN_ACT_READ_CALLS));
    struct tx once = tx_once(context->services->pool, context->arena, &identity, TX_READ);
    return sql_token_share_list(&once, json, .token = token_id, PAGE_TIME(page));
}

enum err token_share_withdraw(struct context *context, const char *token_id, const char *share_id) {
    bool cancelled = false;
    TRY(token_check_right(context, token_id, TOKEN_ACT_READ_CALLS));
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(sql_token_share_cancel(&act.tx, &cancelled, .share = share_id, .token = token_id));
    if (!cancelled) {
        return context_fail(context, ERR_CONFLICT, "Ce lien a déjà servi, ou n’est plus valable.");
    }
    const struct share_audit use = {.id = share_id, .token_id = token_id};
    return act_commit(&act,
                      &(struct act_outcome){.audit = audit_of(context, "token.cancel_share", &use),
                                            .answer = {.status = 204}});
}

static const struct link_words WORDS = {
    .used = "Le jeton a déjà été montré par ce lien, le {when}. Demandez un autre lien à la "
            "personne qui vous l’a envoyé.",
    .expired = "Ce lien ne sert plus depuis le {when} : il valait 4 heures. Demandez-en un autre à "
               "la personne qui vous l’a envoyé.",
    .ended = "Ce lien a été annulé, ou le jeton n’est plus valable (constaté le {when}). "
             "Adressez-vous à la personne qui vous l’a envoyé.",
};

static enum err refuse(struct context *context, struct tx *tx, const char *secret) {
    struct share_ending ending = {0};
    bool found = false;
    TRY(sql_token_share_find_ending(tx, &found, &ending,
                                    .secret_hash = token_hash_text(context->arena, secret)));
    return link_ending_refuse(context, &WORDS, found ? ending.ending : NULL, ending.at,
                              ending.told_at);
}

enum err token_share_open(struct context *context, const char *secret) {
    struct token_share_used use;
    const char *string = NULL;
    bool found = false;
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(sql_token_share_use(&act.tx, &found, &use,
                            .secret_hash = token_hash_text(context->arena, secret)));
    if (!found) {
        return refuse(context, &act.tx, secret);
    }
    TRY(token_string_open(context->arena, context->services, use.token_id, use.sealed_jwt,
                          &string));
    TRY(sql_token_reveal_add(&act.tx, .token = use.token_id, .how = "share", .account = NULL,
                             .client = NULL, .share = use.id, .address = context->actor->address));
    struct value *answer = value_object(context->arena);
    value_set_text(context->arena, answer, "token", string);
    const struct share_audit audit = {
        .id = use.id, .token_id = use.token_id, .product = use.product, .siret = use.siret};
    return act_commit(&act,
                      &(struct act_outcome){.audit = audit_of(context, "token.open_share", &audit),
                                            .event = "token.revealed",
                                            .event_request_id = use.request_id,
                                            .answer = {.status = 200,
                                                       .json = json_text(context->arena, answer),
                                                       .is_secret = true}});
}

enum err token_forget_addresses(struct context *context) {
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_LONG);
    return sql_token_forget_addresses(&once, .months = context->services->config->address_months);
}
