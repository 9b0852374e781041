#include "token/token_notice.h"
#include "core/outbox.h"
#include "core/webhook_event.h"
#include "sql/token.h"

enum err token_describe(struct tx *tx, const char *id, struct value **data) {
    struct arena *arena = tx->arena;
    struct token_description token;
    TRY(sql_token_describe(tx, &token, .token = id));
    *data = value_object(arena);
    value_set_text(arena, *data, "id", token.id);
    value_set_text(arena, *data, "product", token.product);
    value_set_text(arena, *data, "siret", token.siret);
    value_set_text(arena, *data, "title", token.title);
    value_set_text(arena, *data, "organisation_name", token.organisation_name);
    value_set_text(arena, *data, "request_id", token.request_id);
    value_set_text(arena, *data, "expires_on", token.expires_on);
    value_set_text(arena, *data, "revoked_on", token.revoked_on.or_null);
    value_set_text(arena, *data, "revocation_reason", token.revocation_reason.or_null);
    value_set_text(arena, *data, "request_number", token.request_number);
    return ERR_NONE;
}

/* The same mail to the applicant and to each of these contacts; NULL for all of them. */
static enum err tell(struct tx *tx, const char *id, const char *template, const char *contacts,
                     const struct value *data) {
    struct token_recipient *recipients = NULL;
    size_t count = 0;
    TRY(sql_token_list_recipients(tx, &recipients, &count, .token = id, .contacts = contacts));
    for (size_t i = 0; i < count; i++) {
        TRY(outbox_add(tx, template, recipients[i].email, recipients[i].account_id.or_null, data));
    }
    return ERR_NONE;
}

enum err token_tell_issue(struct tx *tx, const char *id, const char *request_id, bool again) {
    struct value *data = NULL;
    TRY(webhook_event_add(tx, again ? "token.prolonged" : "token.created", request_id));
    TRY(token_describe(tx, id, &data));
    value_set(tx->arena, data, "again", value_boolean(tx->arena, again));
    return tell(tx, id, "token_ready", "technical", data);
}

enum err token_tell_prolongation(struct tx *tx, const char *id) {
    struct value *data = NULL;
    TRY(token_describe(tx, id, &data));
    return tell(tx, id, "token_prolonged", "technical", data);
}

enum err token_tell_replacement(struct tx *tx, const char *id, const char *request_id) {
    struct value *data = NULL;
    TRY(webhook_event_add(tx, "token.rotated", request_id));
    TRY(token_describe(tx, id, &data));
    return tell(tx, id, "token_replaced", "technical", data);
}

enum err token_tell_revocation(struct tx *tx, const char *id, const char *request_id) {
    struct value *data = NULL;
    TRY(webhook_event_add(tx, "token.revoked", request_id));
    TRY(token_describe(tx, id, &data));
    return tell(tx, id, "token_revoked", NULL, data);
}

static enum err notice_one(struct context *context, bool *found) {
    struct token_notice_due due;
    struct value *data = NULL;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(sql_token_notice_claim(&tx, found, &due));
    if (!*found) {
        return ERR_NONE;
    }
    TRY(webhook_event_add(&tx, "token.expiring", due.request_id));
    TRY(token_describe(&tx, due.id, &data));
    value_set(tx.arena, data, "days", value_integer(tx.arena, due.days));
    value_set(tx.arena, data, "is_over", value_boolean(tx.arena, due.days == 0));
    TRY(tell(&tx, due.id, "token_expiring", NULL, data));
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
    struct token_dead dead;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(sql_token_claim_dead(&tx, found, &dead));
    if (!*found) {
        return ERR_NONE;
    }
    TRY(token_tell_revocation(&tx, dead.id, dead.request_id));
    return tx_commit(&tx);
}

enum err token_tell_revocations(struct context *context) {
    bool found = true;
    while (found) {
        TRY(tell_one_revocation(context, &found));
    }
    return ERR_NONE;
}
