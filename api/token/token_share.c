#include "token/token_share.h"
#include "core/audit_event.h"
#include "core/email.h"
#include "core/outbox.h"
#include "core/webhook_event.h"
#include "security/random.h"
#include "security/token_hash.h"
#include "token/token.h"
#include "token/token_acts.h"
#include "token/token_share_store.h"

enum { PENDING_MAX = 20 };

static enum err begin(struct context *context, struct identity *identity, struct tx *tx) {
    *identity = context_identity(context);
    return tx_begin(context->services->pool, context->arena, identity, TX_WRITE, tx);
}

static enum err record_share(struct context *context, struct tx *tx, const char *action,
                             const struct token_share_use *use) {
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
    TRY(token_row_describe(tx, token_id, &data));
    value_set_text(tx->arena, data, "token", secret);
    return outbox_add(tx, "token_share", email, NULL, data);
}

enum err token_share_send(struct context *context, const char *token_id, const char *email,
                          const char **json) {
    struct identity identity;
    struct token_row row;
    struct email parsed;
    struct token_share_use share = {0};
    int64_t pending = 0;
    TRY(email_parse(context->errors, "/email", email, &parsed));
    TX_AUTO(tx);
    TRY(begin(context, &identity, &tx));
    TRY(token_lock_for(context, &tx, token_id, TOKEN_ACT_SHARE, &row));
    TRY(token_share_count_pending(&tx, token_id, &pending));
    if (pending >= PENDING_MAX) {
        return context_fail(context, ERR_CONFLICT,
                            "Vingt liens attendent déjà : annulez-en, ou attendez leur fin.");
    }
    const char *secret = random_token(context->arena);
    TRY(token_share_create(&tx, token_id, parsed.address, token_hash_text(context->arena, secret),
                           context->actor->account_id, &share.id, json));
    TRY(mail_link(&tx, token_id, parsed.address, secret));
    TRY(webhook_event_add(&tx, "token.shared", row.request_id));
    share.token_id = token_id;
    share.product = row.product;
    share.siret = row.siret;
    TRY(record_share(context, &tx, "token.share", &share));
    return tx_commit(&tx);
}

enum err token_share_read_all(struct context *context, const char *token_id,
                              const struct page *page, const char **json) {
    const struct identity identity = context_identity(context);
    TRY(token_check_right(context, token_id, TOKEN_ACT_READ_CALLS));
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_READ, &tx));
    TRY(token_share_list(&tx, token_id, page->limit, page->at, page->id, json));
    return tx_commit(&tx);
}

enum err token_share_withdraw(struct context *context, const char *token_id, const char *share_id) {
    struct identity identity;
    TRY(token_check_right(context, token_id, TOKEN_ACT_READ_CALLS));
    TX_AUTO(tx);
    TRY(begin(context, &identity, &tx));
    const enum err cancelled = token_share_cancel(&tx, token_id, share_id);
    if (cancelled == ERR_CONFLICT) {
        return context_fail(context, ERR_CONFLICT, "Ce lien a déjà servi, ou n’est plus valable.");
    }
    TRY(cancelled);
    TRY(record_share(context, &tx, "token.cancel_share",
                     &(struct token_share_use){.id = share_id, .token_id = token_id}));
    return tx_commit(&tx);
}

enum err token_share_open(struct context *context, const char *secret, const char **string) {
    struct token_share_use use;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    const enum err redeemed =
        token_share_redeem(&tx, token_hash_text(context->arena, secret), &use);
    if (redeemed == ERR_NOT_FOUND) {
        field_errors_add(
            context->errors, "/token", "expired",
            "Ce lien a déjà servi, a été annulé ou a plus de 4 heures : demandez-en un "
            "nouveau.");
        return ERR_INVALID;
    }
    TRY(redeemed);
    TRY(token_string_open(context->arena, context->services, use.token_id, use.sealed_jwt, string));
    TRY(token_row_note_reveal(&tx, use.token_id,
                              &(struct token_reveal){.how = "share",
                                                     .share_id = use.id,
                                                     .address = context->actor->address}));
    TRY(webhook_event_add(&tx, "token.revealed", use.request_id));
    TRY(record_share(context, &tx, "token.open_share", &use));
    return tx_commit(&tx);
}
