#include "base/json.h"
#include "core/audit_event.h"
#include "core/outbox.h"
#include "product/product.h"
#include "sql/token.h"
#include "token/token_acts.h"
#include "token/token_notice.h"
#include "usage/usage.h"
#include <string.h>

enum err usage_read_alerts(struct context *context, const char *token_id, const char **json,
                           int64_t *version) {
    TRY(token_check_right(context, token_id, TOKEN_ACT_READ_USAGE));
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ, &tx));
    TRY(usage_alert_document(&tx, token_id, json, version));
    return tx_commit(&tx);
}

enum err usage_set_alerts(struct context *context, const char *token_id, int64_t if_match,
                          const struct value *alerts, const char **json, int64_t *version) {
    TRY(token_check_right(context, token_id, TOKEN_ACT_SET_ALERTS));
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(usage_alert_replace(&tx, token_id, if_match, json_text(context->arena, alerts)));
    TRY(usage_alert_document(&tx, token_id, json, version));
    TRY(audit_event_add(context, &tx,
                        &(struct audit_event){.action = "token.set_alerts",
                                              .subject_type = "token",
                                              .subject_id = token_id}));
    return tx_commit(&tx);
}

static void add_limit(struct arena *arena, struct value *all, const char *product,
                      const struct value *endpoint) {
    const char *path = value_get_text(endpoint, "path");
    const char *group = value_get_text(endpoint, "limit_group");
    const bool shared = value_get_boolean(endpoint, "limit_shared_by_group", false);
    struct value *item = value_object(arena);
    value_set_text(arena, item, "product", product);
    value_set_text(arena, item, "endpoint", path);
    value_set_text(arena, item, "key", shared ? group : path);
    value_set(arena, item, "per_minute",
              value_integer(arena, value_get_integer(endpoint, "limit_per_minute", 1)));
    value_push(arena, all, item);
}

/* What claim.sql holds a minute of calls against. */
static const char *render_limits(const struct context *context) {
    const struct products *products = context->services->products;
    struct value *all = value_array(context->arena);
    for (size_t i = 0; i < products->count; i++) {
        const struct value *endpoints = value_get(products->items[i].endpoints, "endpoints");
        for (size_t j = 0; j < value_count(endpoints); j++) {
            add_limit(context->arena, all, products->items[i].id, endpoints->array.items[j]);
        }
    }
    return json_text(context->arena, all);
}

static enum err tell(struct tx *tx, const struct usage_alert_change *change) {
    struct value *data = NULL;
    struct token_recipient *recipients = NULL;
    size_t count = 0;
    TRY(token_describe(tx, change->token_id, &data));
    value_set_text(tx->arena, data, "threshold", change->threshold);
    value_set_text(tx->arena, data, "figure", change->figure);
    value_set(tx->arena, data, "window_minutes", value_integer(tx->arena, change->window_minutes));
    value_set(tx->arena, data, change->kind, value_boolean(tx->arena, true));
    TRY(sql_token_list_recipients(tx, &recipients, &count, .token = change->token_id,
                                  .contacts = "technical business"));
    for (size_t i = 0; i < count; i++) {
        TRY(outbox_add(tx, "usage_alert", recipients[i].email, recipients[i].account_id.or_null,
                       data));
    }
    return ERR_NONE;
}

/* One mail each time that the figures leave their bounds: told again only once they came back. */
static enum err tell_one(struct context *context, const char *limits, bool *found) {
    struct usage_alert_change change;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(usage_alert_claim(&tx, limits, &change));
    *found = change.token_id != NULL;
    if (*found && change.is_beyond) {
        TRY(tell(&tx, &change));
    }
    return tx_commit(&tx);
}

enum err usage_tell_alerts(struct context *context) {
    const char *limits = render_limits(context);
    bool found = true;
    while (found) {
        TRY(tell_one(context, limits, &found));
    }
    return ERR_NONE;
}
