/* Alerts on the calls of a token: what their owners set, and the job that mails them. */
#include "base/json.h"
#include "core/act.h"
#include "product/product.h"
#include "sql/usage.h"
#include "token/token_acts.h"
#include "token/token_notice.h"
#include "usage/usage.h"
#include <string.h>

enum err usage_read_alerts(struct context *context, const char *token_id, const char **json,
                           int64_t *version) {
    struct usage_alert_document alerts;
    TRY(token_check_right(context, token_id, TOKEN_ACT_READ_USAGE));
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_usage_alert_document(&once, &alerts, .token = token_id));
    *json = alerts.document;
    *version = alerts.version;
    return ERR_NONE;
}

static enum err replace(struct tx *tx, const char *token_id, int64_t if_match, const char *alerts) {
    size_t bumped = 0;
    TRY(sql_usage_alert_bump(tx, &bumped, .token = token_id, .if_match = if_match));
    if (bumped == 0) {
        return ERR_STALE;
    }
    TRY(sql_usage_alert_clear(tx, .token = token_id));
    return sql_usage_alert_add(tx, .token = token_id, .alerts = alerts);
}

enum err usage_set_alerts(struct context *context, const char *token_id, int64_t if_match,
                          const struct value *alerts) {
    struct usage_alert_document set;
    TRY(token_check_right(context, token_id, TOKEN_ACT_SET_ALERTS));
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(replace(&act.tx, token_id, if_match, json_text(context->arena, alerts)));
    TRY(sql_usage_alert_document(&act.tx, &set, .token = token_id));
    return act_commit(&act,
                      &(struct act_outcome){
                          .audit = {.action = "token.set_alerts",
                                    .subject_type = "token",
                                    .subject_id = token_id},
                          .answer = {.status = 200, .json = set.document, .version = set.version}});
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
    value_set(item, "per_minute",
              value_integer(arena, value_get_integer(endpoint, "limit_per_minute", 1)));
    value_push(all, item);
}

/* The limits that usage_alert_claim.sql compares a minute of calls with. */
static const char *render_limits(const struct context *context) {
    const struct products *products = context->services->products;
    struct value *all = value_array(context->arena);
    for (size_t i = 0; i < products->count; i++) {
        const struct value *endpoints = value_get(products->items[i].endpoints, "endpoints");
        for (size_t j = 0; j < value_count(endpoints); j++) {
            add_limit(context->arena, all, products->items[i].id, value_item(endpoints, j));
        }
    }
    return json_text(context->arena, all);
}

/* One mail to who is told of the token, its technical and business contacts among them. */
static enum err tell(struct act *act, const struct usage_alert_change *change) {
    struct arena *arena = act->context->arena;
    struct value *data = NULL;
    TRY(token_describe(&act->tx, change->token_id, &data));
    value_set_text(arena, data, "threshold", change->threshold.or_null);
    value_set_text(arena, data, "figure", change->figure.or_null);
    value_set(data, "window_minutes", value_integer(arena, change->window_minutes));
    value_set(data, change->kind, value_boolean(arena, true));
    return token_tell(act, change->token_id, "usage_alert", "technical business", data);
}

/* Mails once when a figure leaves its bound, and not again before it came back. */
static enum err tell_one(struct context *context, const char *limits, bool *found) {
    struct usage_alert_change change;
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(sql_usage_alert_claim(&act.tx, found, &change, .limits = limits));
    if (!*found) {
        return ERR_NONE;
    }
    if (change.is_beyond) {
        TRY(tell(&act, &change));
    }
    return act_commit(&act, &(struct act_outcome){0});
}

enum err usage_tell_alerts(struct context *context) {
    const char *limits = render_limits(context);
    bool found = true;
    while (found) {
        TRY(tell_one(context, limits, &found));
    }
    return ERR_NONE;
}
