#include "token/token_notice.h"
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

enum err token_tell(struct act *act, const char *id, const char *template, const char *contacts,
                    const struct value *data) {
    struct arena *arena = act->context->arena;
    struct token_recipient *recipients = NULL;
    size_t count = 0;
    TRY(sql_token_list_recipients(&act->tx, &recipients, &count, .token = id,
                                  .contacts = contacts));
    for (size_t i = 0; i < count; i++) {
        struct value *own = value_copy(arena, data);
        if (recipients[i].in_place) {
            value_set(own, "in_place", value_boolean(arena, true));
        }
        act_mail(act, template, recipients[i].email, recipients[i].account_id.or_null, own);
    }
    return ERR_NONE;
}

enum err token_tell_issue(struct act *act, const char *id, const char *request_id, bool again) {
    struct value *data = NULL;
    act_event(act, again ? "token.prolonged" : "token.created", request_id);
    TRY(token_describe(&act->tx, id, &data));
    value_set(data, "again", value_boolean(act->context->arena, again));
    return token_tell(act, id, "token_ready", "technical", data);
}

enum err token_tell_prolongation(struct act *act, const char *id) {
    struct value *data = NULL;
    TRY(token_describe(&act->tx, id, &data));
    return token_tell(act, id, "token_prolonged", "technical", data);
}

enum err token_tell_replacement(struct act *act, const char *id, const char *request_id) {
    struct value *data = NULL;
    act_event(act, "token.rotated", request_id);
    TRY(token_describe(&act->tx, id, &data));
    return token_tell(act, id, "token_replaced", "technical", data);
}

enum err token_tell_revocation(struct act *act, const char *id, const char *request_id) {
    struct value *data = NULL;
    act_event(act, "token.revoked", request_id);
    TRY(token_describe(&act->tx, id, &data));
    return token_tell(act, id, "token_revoked", NULL, data);
}

static enum err notice_one(struct context *context, bool *found) {
    struct token_notice_due due;
    struct value *data = NULL;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(sql_token_notice_claim(&act.tx, found, &due));
    if (!*found) {
        return ERR_NONE;
    }
    TRY(token_describe(&act.tx, due.id, &data));
    value_set(data, "days", value_integer(context->arena, due.days));
    value_set(data, "is_over", value_boolean(context->arena, due.days == 0));
    TRY(token_tell(&act, due.id, "token_expiring", NULL, data));
    return act_commit(
        &act, &(struct act_outcome){.event = "token.expiring", .event_request_id = due.request_id});
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
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(sql_token_claim_dead(&act.tx, found, &dead));
    if (!*found) {
        return ERR_NONE;
    }
    TRY(token_tell_revocation(&act, dead.id, dead.request_id));
    return act_commit(&act, &(struct act_outcome){0});
}

enum err token_tell_revocations(struct context *context) {
    bool found = true;
    while (found) {
        TRY(tell_one_revocation(context, &found));
    }
    return ERR_NONE;
}
