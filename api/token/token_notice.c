#include "token/token_notice.h"
#include "core/outbox.h"
#include "core/webhook_event.h"
#include "token/token_row_store.h"

/* The same mail to the applicant and to each of these contacts; NULL for all of them. */
static enum err tell(struct tx *tx, const char *id, const char *template, const char *contacts,
                     const struct value *data) {
    struct token_recipient *recipients = NULL;
    size_t count = 0;
    TRY(token_row_list_recipients(tx, id, contacts, &recipients, &count));
    for (size_t i = 0; i < count; i++) {
        TRY(outbox_add(tx, template, recipients[i].email, recipients[i].account_id, data));
    }
    return ERR_NONE;
}

enum err token_tell_issue(struct tx *tx, const char *id, const char *request_id, bool again) {
    struct value *data = NULL;
    TRY(webhook_event_add(tx, again ? "token.prolonged" : "token.created", request_id));
    TRY(token_row_describe(tx, id, &data));
    value_set(tx->arena, data, "again", value_boolean(tx->arena, again));
    return tell(tx, id, "token_ready", "technical", data);
}

enum err token_tell_prolongation(struct tx *tx, const char *id) {
    struct value *data = NULL;
    TRY(token_row_describe(tx, id, &data));
    return tell(tx, id, "token_prolonged", "technical", data);
}

enum err token_tell_replacement(struct tx *tx, const char *id, const char *request_id) {
    struct value *data = NULL;
    TRY(webhook_event_add(tx, "token.rotated", request_id));
    TRY(token_row_describe(tx, id, &data));
    return tell(tx, id, "token_replaced", "technical", data);
}

enum err token_tell_revocation(struct tx *tx, const char *id, const char *request_id) {
    struct value *data = NULL;
    TRY(webhook_event_add(tx, "token.revoked", request_id));
    TRY(token_row_describe(tx, id, &data));
    return tell(tx, id, "token_revoked", NULL, data);
}

static enum err notice_one(struct context *context, bool *found) {
    const char *id = NULL;
    const char *request_id = NULL;
    int64_t days = 0;
    struct value *data = NULL;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(token_row_claim_notice(&tx, &id, &request_id, &days));
    *found = id != NULL;
    if (id == NULL) {
        return ERR_NONE;
    }
    TRY(webhook_event_add(&tx, "token.expiring", request_id));
    TRY(token_row_describe(&tx, id, &data));
    value_set(tx.arena, data, "days", value_integer(tx.arena, days));
    value_set(tx.arena, data, "is_over", value_boolean(tx.arena, days == 0));
    TRY(tell(&tx, id, "token_expiring", NULL, data));
    return tx_commit(&tx);
}

enum err token_send_notices(struct context *context) {
    bool found = true;
    while (found) {
        TRY(notice_one(context, &found));
    }
    return ERR_NONE;
}

static enum err tell_one_revocation(struct context *context, bool *found) {
    const char *id = NULL;
    const char *request_id = NULL;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(token_row_claim_dead(&tx, &id, &request_id));
    *found = id != NULL;
    if (id == NULL) {
        return ERR_NONE;
    }
    TRY(token_tell_revocation(&tx, id, request_id));
    return tx_commit(&tx);
}

enum err token_tell_revocations(struct context *context) {
    bool found = true;
    while (found) {
        TRY(tell_one_revocation(context, &found));
    }
    return ERR_NONE;
}
