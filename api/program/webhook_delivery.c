#include "program/webhook_delivery.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/utf8.h"
#include "core/audit.h"
#include "core/outbox.h"
#include "core/ports.h"
#include "program/webhook.h"
#include "security/hmac.h"
#include "security/seal.h"
#include <inttypes.h>
#include <string.h>

enum { EXCERPT_BYTES_MAX = 1000 };

/* Seconds before the second attempt, the third …; their number is that of the attempts less one. */
static const int64_t DELAYS_S[] = {5, 30, 120, 600, 3600, 10800, 21600};
enum { RETRIES = sizeof DELAYS_S / sizeof DELAYS_S[0] };

struct delivery {
    const char *id;
    const char *webhook_id;
    const char *event_id;
    int64_t number; /* from 1 */
    const char *url;
    const char *body;
    const char *secrets; /* JSON array of {id, sealed} */
};

struct outcome {
    bool delivered;
    int status;          /* 0: no answer */
    const char *excerpt; /* NULL: no answer */
    const char *error;   /* French, NULL: none */
    int64_t duration_ms;
};

const char *webhook_signature(struct arena *arena, int64_t at_s, const char *body,
                              const char *const *secrets, size_t count) {
    struct buf header;
    const char *message = arena_printf(arena, "%" PRId64 ".%s", at_s, body);
    buf_init(&header, arena, 1024);
    buf_printf(&header, "t=%" PRId64, at_s);
    for (size_t i = 0; i < count; i++) {
        buf_printf(&header, ",v1=%s",
                   hmac_sha256_text(arena, secrets[i], message, strlen(message)));
    }
    return buf_text(&header);
}

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

/* The beginning of whatever came back, as text that the table takes. */
static const char *excerpt_of(struct arena *arena, const struct webhook_answer *answer) {
    const size_t most =
        answer->body_bytes < EXCERPT_BYTES_MAX ? answer->body_bytes : EXCERPT_BYTES_MAX;
    struct buf text;
    buf_init(&text, arena, EXCERPT_BYTES_MAX * 3);
    for (size_t i = 0; i < most;) {
        const unsigned char *c = (const unsigned char *)answer->body + i;
        const size_t length = utf8_sequence(c, most - i);
        if (length == 0 || *c == '\0') {
            buf_puts(&text, "\xef\xbf\xbd");
        } else {
            buf_append(&text, c, length);
        }
        i += length == 0 ? 1 : length;
    }
    return buf_text(&text);
}

static const char *explain(struct arena *arena, enum err err, int status) {
    if (err == ERR_NONE) {
        return arena_printf(arena, "La réponse est %d ; un code de 200 à 299 est attendu.", status);
    }
    if (err == ERR_FORBIDDEN) {
        return "L’adresse mène à un réseau privé : elle n’est pas appelée.";
    }
    if (err == ERR_TIMEOUT) {
        return "Pas de réponse complète en 10 secondes.";
    }
    if (err == ERR_UNAVAILABLE) {
        return "Personne ne répond à cette adresse.";
    }
    return "La réponse est illisible, ou le certificat n’est pas bon.";
}

static enum err call(const struct services *services, struct arena *arena,
                     const struct delivery *delivery, struct outcome *outcome) {
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
    outcome->excerpt = err == ERR_NONE ? excerpt_of(arena, &answer) : NULL;
    outcome->error = outcome->delivered ? NULL : explain(arena, err, answer.status);
    return ERR_NONE;
}

static enum err switch_off(struct tx *tx, const char *webhook_id) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_WEBHOOK_DISABLE, &rows, P_TEXT(webhook_id),
                 P_TEXT("Huit essais de suite ont échoué.")));
    TRY(tx_query(tx, &SQL_WEBHOOK_ATTEMPT_GIVE_UP, NULL, P_TEXT(webhook_id)));
    if (rows->count == 0) {
        return ERR_NONE;
    }
    struct value *data = value_object(tx->arena);
    value_set_text(tx->arena, data, "url", rows_text(rows, 0, "url"));
    value_set_text(tx->arena, data, "failing_since", rows_text(rows, 0, "failing_since"));
    TRY(outbox_add(tx, "webhook_disabled", rows_text(rows, 0, "email"),
                   rows_text(rows, 0, "account_id"), data));
    log_warning(LOG_WEBHOOK_DISABLED, LOG_TEXT("id", webhook_id));
    return audit_add(tx, &(struct audit_entry){.actor_kind = "system",
                                               .action = "webhook.disable",
                                               .subject_type = "webhook",
                                               .subject_id = webhook_id,
                                               .product = rows_text(rows, 0, "product"),
                                               .siret = rows_text(rows, 0, "siret")});
}

static enum err settle(const struct services *services, struct arena *arena,
                       const struct delivery *delivery, const struct outcome *outcome) {
    struct rows *rows = NULL;
    TX_AUTO(tx);
    TRY(tx_begin(services->pool, arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(tx_query(&tx, &SQL_WEBHOOK_ATTEMPT_SETTLE, &rows, P_TEXT(delivery->id),
                 P_TEXT(outcome->delivered ? "delivered" : "failed"),
                 P_TEXT(outcome->status == 0 ? NULL : arena_printf(arena, "%d", outcome->status)),
                 P_TEXT(outcome->excerpt), P_TEXT(outcome->error),
                 P_INTEGER(outcome->duration_ms)));
    if (rows->count == 0) {
        return ERR_NONE; /* switched off, deleted or settled by somebody else meanwhile */
    }
    if (outcome->delivered) {
        TRY(tx_query(&tx, &SQL_WEBHOOK_NOTE_SUCCESS, NULL, P_TEXT(delivery->webhook_id)));
        return tx_commit(&tx);
    }
    log_warning(LOG_WEBHOOK_FAILED, LOG_TEXT("id", delivery->webhook_id),
                LOG_NUMBER("status", outcome->status), LOG_NUMBER("attempts", delivery->number));
    TRY(tx_query(&tx, &SQL_WEBHOOK_NOTE_FAILURE, NULL, P_TEXT(delivery->webhook_id)));
    if (delivery->number > RETRIES) {
        TRY(switch_off(&tx, delivery->webhook_id));
    } else {
        TRY(tx_query(&tx, &SQL_WEBHOOK_ATTEMPT_ADD, NULL, P_TEXT(delivery->webhook_id),
                     P_TEXT(delivery->event_id), P_INTEGER(delivery->number + 1),
                     P_INTEGER(DELAYS_S[delivery->number - 1])));
    }
    return tx_commit(&tx);
}

static enum err claim_of(struct tx *tx, const char *webhook_id, struct delivery *delivery,
                         bool *found) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_WEBHOOK_ATTEMPT_CLAIM, &rows, P_TEXT(webhook_id)));
    *found = rows->count > 0;
    *delivery = (struct delivery){.id = rows_text(rows, 0, "id"),
                                  .webhook_id = rows_text(rows, 0, "webhook_id"),
                                  .event_id = rows_text(rows, 0, "event_id"),
                                  .number = rows_integer(rows, 0, "number", 1),
                                  .url = rows_text(rows, 0, "url"),
                                  .body = rows_text(rows, 0, "body"),
                                  .secrets = rows_text(rows, 0, "secrets")};
    return ERR_NONE;
}

/* Hands the events that wait to their webhooks, then takes one delivery. `*goes_on` where there may be
 * more; else `*wait_ms` says when. */
static enum err claim(const struct services *services, struct arena *arena,
                      struct delivery *delivery, bool *found, bool *goes_on, int64_t *wait_ms) {
    struct rows *dispatched = NULL;
    struct rows *rows = NULL;
    TX_AUTO(tx);
    *found = false;
    TRY(tx_begin(services->pool, arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(tx_query_plain(&tx, &SQL_WEBHOOK_EVENT_DISPATCH, &dispatched));
    TRY(tx_query_plain(&tx, &SQL_WEBHOOK_ATTEMPT_LOCK_WEBHOOK, &rows));
    if (rows->count > 0) {
        TRY(claim_of(&tx, rows_text(rows, 0, "id"), delivery, found));
    }
    *goes_on = *found || dispatched->affected > 0;
    if (!*goes_on) {
        TRY(tx_query_plain(&tx, &SQL_WEBHOOK_ATTEMPT_NEXT_DUE, &rows));
        *wait_ms = rows_integer(rows, 0, "wait_ms", -1);
    }
    return tx_commit(&tx);
}

enum err webhook_deliver_next(const struct services *services, bool *goes_on, int64_t *wait_ms) {
    ARENA_AUTO(arena);
    struct delivery delivery = {0};
    struct outcome outcome;
    bool found = false;
    TRY(claim(services, &arena, &delivery, &found, goes_on, wait_ms));
    if (!found) {
        return ERR_NONE;
    }
    TRY(call(services, &arena, &delivery, &outcome));
    return settle(services, &arena, &delivery, &outcome);
}

enum err webhook_delete_old(struct context *context) {
    return pool_run(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE,
                    &SQL_WEBHOOK_EVENT_DELETE_OLD, NULL, 0, NULL);
}
