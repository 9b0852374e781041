#include "program/webhook_delivery.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "core/act.h"
#include "core/ports.h"
#include "program/webhook.h"
#include "program/webhook_attempt.h"
#include "security/seal.h"
#include "sql/program.h"
#include <string.h>

struct outcome {
    bool delivered;
    int status;          /* 0: no answer */
    const char *excerpt; /* NULL: no answer */
    const char *error;   /* French, NULL: none */
    int64_t duration_ms;
};

static enum err open_secrets(const struct services *services, struct arena *arena, const char *json,
                             const char *secrets[SECRETS_MAX], size_t *count) {
    struct value *list = NULL;
    *count = 0;
    TRY(json_parse(arena, json, strlen(json), &list, NULL));
    for (size_t i = 0; i < value_count(list) && *count < SECRETS_MAX; i++) {
        const char *id = value_get_text(value_item(list, i), "id");
        unsigned char *secret = NULL;
        size_t length = 0;
        TRY(seal_open(arena, services->master_key, webhook_secret_context(arena, id),
                      value_get_text(value_item(list, i), "sealed"), &secret, &length));
        secrets[(*count)++] = (const char *)secret;
    }
    return ERR_NONE;
}

static enum err call(const struct services *services, struct arena *arena,
                     const struct webhook_delivery *delivery, struct outcome *outcome) {
    const char *secrets[SECRETS_MAX];
    size_t count = 0;
    struct webhook_answer answer = {0};
    TRY(open_secrets(services, arena, delivery->secrets, secrets, &count));
    const struct webhook_call call = {
        .url = delivery->url,
        .signature =
            webhook_signature(arena, clock_now_ms() / 1000, delivery->body, secrets, count),
        .event_id = delivery->event_id,
        .body = delivery->body};
    const int64_t started_ms = clock_monotonic_ms();
    const enum err err =
        services->ports->webhook_post(services->ports->webhook_state, arena, &call, &answer);
    *outcome = (struct outcome){.delivered = err == ERR_NONE && answer.status / 100 == 2,
                                .status = answer.status,
                                .duration_ms = clock_monotonic_ms() - started_ms};
    outcome->excerpt =
        err == ERR_NONE ? webhook_excerpt(arena, answer.body, answer.body_bytes) : NULL;
    outcome->error = outcome->delivered ? NULL : webhook_explain(arena, err, answer.status);
    return ERR_NONE;
}

/* Tells the account that made it, or the responsible persons of the program that did. */
static enum err tell_disabled(struct act *act, const struct webhook_disabled *webhook,
                              const struct value *data) {
    struct client_recipient *recipients = NULL;
    size_t count = 0;
    if (webhook->client_id.or_null == NULL) {
        act_mail(act, "webhook_disabled", webhook->email, webhook->account_id, data);
        return ERR_NONE;
    }
    TRY(sql_client_list_recipients(&act->tx, &recipients, &count,
                                   .client = webhook->client_id.or_null, .with_colleagues = false,
                                   .except = NULL));
    for (size_t i = 0; i < count; i++) {
        act_mail(act, "webhook_disabled", recipients[i].email, recipients[i].account_id, data);
    }
    return ERR_NONE;
}

/* Gives the webhook up: switches it off and tells its owner, in `audit` too. */
static enum err switch_off(struct act *act, const char *webhook_id, struct audit_event *audit) {
    struct arena *arena = act->context->arena;
    struct webhook_disabled webhook;
    bool found = false;
    TRY(sql_webhook_disable(&act->tx, &found, &webhook, .webhook = webhook_id,
                            .reason = "Huit essais de suite ont échoué."));
    TRY(sql_webhook_attempt_give_up(&act->tx, .webhook = webhook_id));
    if (!found) {
        return ERR_NONE;
    }
    struct value *data = value_object(arena);
    value_set_text(arena, data, "url", webhook.url);
    value_set_text(arena, data, "failing_since", webhook.failing_since);
    TRY(tell_disabled(act, &webhook, data));
    log_warning(LOG_WEBHOOK_DISABLED, LOG_TEXT("id", webhook_id));
    *audit = (struct audit_event){.action = "webhook.disable",
                                  .subject_type = "webhook",
                                  .subject_id = webhook_id,
                                  .product = webhook.product,
                                  .siret = webhook.siret.or_null};
    return ERR_NONE;
}

/* `*is_settled` is false where the webhook was switched off or deleted meanwhile, or the delivery settled. */
static enum err record_outcome(struct tx *tx, const struct webhook_delivery *delivery,
                               const struct outcome *outcome, bool *is_settled) {
    size_t affected = 0;
    TRY(sql_webhook_attempt_settle(tx, &affected, .attempt = delivery->id,
                                   .state = outcome->delivered ? "delivered" : "failed",
                                   .status = outcome->status == 0 ? NULL_INT
                                                                  : nullable_int(outcome->status),
                                   .excerpt = outcome->excerpt, .problem = outcome->error,
                                   .duration_ms = outcome->duration_ms));
    *is_settled = affected > 0;
    return ERR_NONE;
}

static enum err settle_success(struct context *context, const struct webhook_delivery *delivery,
                               const struct outcome *outcome) {
    bool is_settled = false;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(record_outcome(&tx, delivery, outcome, &is_settled));
    if (is_settled) {
        TRY(sql_webhook_note_success(&tx, .webhook = delivery->webhook_id));
    }
    return tx_commit(&tx);
}

static enum err settle_failure(struct context *context, const struct webhook_delivery *delivery,
                               const struct outcome *outcome) {
    struct act_outcome done = {0};
    bool is_settled = false;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(record_outcome(&act.tx, delivery, outcome, &is_settled));
    if (!is_settled) {
        return ERR_NONE;
    }
    log_warning(LOG_WEBHOOK_FAILED, LOG_TEXT("id", delivery->webhook_id),
                LOG_NUMBER("status", outcome->status), LOG_NUMBER("attempts", delivery->number));
    TRY(sql_webhook_note_failure(&act.tx, .webhook = delivery->webhook_id));
    const int64_t delay_s = webhook_retry_delay_s(delivery->number);
    if (delay_s < 0) {
        TRY(switch_off(&act, delivery->webhook_id, &done.audit));
    } else {
        TRY(sql_webhook_attempt_add(&act.tx, .webhook = delivery->webhook_id,
                                    .event = delivery->event_id, .number = delivery->number + 1,
                                    .in_s = delay_s));
    }
    return act_commit(&act, &done);
}

/* Plans the deliveries of new events, then claims one that is due. `*has_more` where there may be another; else
 * `*wait_ms` says when. */
static enum err claim(struct context *context, struct webhook_delivery *delivery, bool *found,
                      bool *has_more, int64_t *wait_ms) {
    struct nullable_int next_due_ms = NULL_INT;
    const char *webhook_id = NULL;
    size_t dispatched = 0;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(sql_webhook_event_dispatch(&tx, &dispatched));
    TRY(sql_webhook_attempt_lock_webhook(&tx, found, &webhook_id));
    if (*found) {
        TRY(sql_webhook_attempt_claim(&tx, found, delivery, .webhook = webhook_id));
    }
    *has_more = *found || dispatched > 0;
    if (!*has_more) {
        TRY(sql_webhook_attempt_next_due(&tx, &next_due_ms));
    }
    *wait_ms = nullable_int_or(next_due_ms, -1);
    return tx_commit(&tx);
}

enum err webhook_deliver_next(struct context *context, bool *has_more, int64_t *wait_ms) {
    struct webhook_delivery delivery;
    struct outcome outcome;
    bool found = false;
    TRY(claim(context, &delivery, &found, has_more, wait_ms));
    if (!found) {
        return ERR_NONE;
    }
    TRY(call(context->services, context->arena, &delivery, &outcome));
    return outcome.delivered ? settle_success(context, &delivery, &outcome)
                             : settle_failure(context, &delivery, &outcome);
}

enum err webhook_delete_old(struct context *context) {
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE);
    return sql_webhook_event_delete_old(&once);
}
