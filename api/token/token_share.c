#include "token/token_share.h"
#include "core/audit_event.h"
#include "core/email.h"
#include "core/outbox.h"
#include "core/webhook_event.h"
#include "security/random.h"
#include "security/token_hash.h"
#include "token/token.h"
#include "token/token_acts.h"
#include "token/token_notice.h"

enum { PENDING_MAX = 20 };

static enum err begin(struct context *context, struct identity *identity, struct tx *tx) {
    *identity = context_identity(context);
    return tx_begin(context->services->pool, context->arena, identity, TX_WRITE, tx);
}

/* What the audit says of a link. */
struct share_audit {
    const char *id;
    const char *token_id;
    const char *product; /* NULL where the act does not read it */
    const char *siret;
};

static enum err record_share(struct context *context, struct tx *tx, const char *action,
                             const struct share_audit *use) {
    TRY(idempotency_mark(tx, context->idempotency));
    struct value *detail = value_object(context->arena);
    value_set_text(context->arena, detail, "share_id", use->id);
    return audit_event_add(context, tx,
                           &(struct audit_event){.action = action,
                                                 .subject_type = "token",
                                                 .subject_id = use->token_id,
                                                 .product = use->product,
                                                 .siret = use->siret,
                                                 .detail = detail});
}

static enum err mail_link(struct tx *tx, const char *token_id, const char *email,
                          const char *secret) {
    struct value *data = NULL;
    TRY(token_describe(tx, token_id, &data));
    value_set_text(tx->arena, data, "token", secret);
    return outbox_add(tx, "token_share", email, NULL, data);
}

enum err token_share_send(struct context *context, const char *token_id, const char *email,
                          const char **json) {
    struct identity identity;
    struct token_row row;
    struct email parsed;
    struct token_share_created share;
    int64_t pending = 0;
    TRY(email_parse(context->errors, "/email", email, &parsed));
    TX_AUTO(tx);
    TRY(begin(context, &identity, &tx));
    TRY(token_lock_for(context, &tx, token_id, TOKEN_ACT_SHARE, &row));
    TRY(sql_token_share_count_pending(&tx, &pending, .token = token_id));
    if (pending >= PENDING_MAX) {
        return context_fail(context, ERR_CONFLICT,
                            "Vingt liens attendent déjà : annulez-en, ou attendez leur fin.");
    }
    const char *secret = random_token(context->arena);
    TRY(sql_token_share_create(&tx, &share, .token = token_id, .email = parsed.address,
                               .secret_hash = token_hash_text(context->arena, secret),
                               .account = context->actor->account_id));
    *json = share.document;
    TRY(mail_link(&tx, token_id, parsed.address, secret));
    TRY(webhook_event_add(&tx, "token.shared", row.request_id));
    TRY(record_share(
        context, &tx, "token.share",
        &(struct share_audit){
            .id = share.id, .token_id = token_id, .product = row.product, .siret = row.siret}));
    return tx_commit(&tx);
}

enum err token_share_read_all(struct context *context, const char *token_id,
                              const struct page *page, const char **json) {
    const struct identity identity = context_identity(context);
    TRY(token_check_right(context, token_id, TOKEN_ACT_READ_CALLS));
    struct tx once = tx_once(context->services->pool, context->arena, &identity, TX_READ);
    return sql_token_share_list(&once, json, .token = token_id, PAGE_TIME(page));
}

enum err token_share_withdraw(struct context *context, const char *token_id, const char *share_id) {
    struct identity identity;
    bool cancelled = false;
    TRY(token_check_right(context, token_id, TOKEN_ACT_READ_CALLS));
    TX_AUTO(tx);
    TRY(begin(context, &identity, &tx));
    TRY(sql_token_share_cancel(&tx, &cancelled, .share = share_id, .token = token_id));
    if (!cancelled) {
        return context_fail(context, ERR_CONFLICT, "Ce lien a déjà servi, ou n’est plus valable.");
    }
    TRY(record_share(context, &tx, "token.cancel_share",
                     &(struct share_audit){.id = share_id, .token_id = token_id}));
    return tx_commit(&tx);
}

enum err token_share_open(struct context *context, const char *secret, const char **string) {
    struct token_share_used use;
    bool found = false;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(sql_token_share_use(&tx, &found, &use,
                            .secret_hash = token_hash_text(context->arena, secret)));
    if (!found) {
        field_errors_add(
            context->errors, "/token", "expired",
            "Ce lien a déjà servi, a été annulé ou a plus de 4 heures : demandez-en un "
            "nouveau.");
        return ERR_INVALID;
    }
    TRY(token_string_open(context->arena, context->services, use.token_id, use.sealed_jwt, string));
    TRY(sql_token_reveal_add(&tx, .token = use.token_id, .how = "share", .account = NULL,
                             .client = NULL, .share = use.id, .address = context->actor->address));
    TRY(webhook_event_add(&tx, "token.revealed", use.request_id));
    TRY(record_share(
        context, &tx, "token.open_share",
        &(struct share_audit){
            .id = use.id, .token_id = use.token_id, .product = use.product, .siret = use.siret}));
    return tx_commit(&tx);
}
