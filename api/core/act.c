#include "core/act.h"
#include "base/json.h"
#include "base/text.h"
#include "core/audit.h"
#include "core/idempotency.h"
#include "core/outbox.h"
#include "sql/core.h"

enum err act_begin_as(struct act *act, struct context *context, const struct identity *identity) {
    act->context = context;
    act->mails = value_array(context->arena);
    act->events = value_array(context->arena);
    act->audits = value_array(context->arena);
    TRY(tx_begin(context->services->pool, context->arena, identity, TX_WRITE, &act->tx));
    return context->idempotency == NULL ? ERR_NONE : idempotency_take(context, &act->tx);
}

enum err act_begin(struct act *act, struct context *context) {
    const struct identity identity = context_identity(context);
    return act_begin_as(act, context, &identity);
}

void act_mail(struct act *act, const char *template, const char *recipient, const char *account_id,
              const struct value *data) {
    struct arena *arena = act->context->arena;
    struct value *mail = value_object(arena);
    char id[UUID_TEXT_BYTES];
    text_new_uuid(id);
    value_set_text(arena, mail, "id", id);
    value_set_text(arena, mail, "template", template);
    value_set_text(arena, mail, "recipient", recipient);
    value_set_text(arena, mail, "account_id", account_id);
    value_set_text(arena, mail, "sealed",
                   outbox_seal(arena, act->context->services->master_key, id, data));
    value_push(act->mails, mail);
}

void act_event(struct act *act, const char *event, const char *request_id) {
    struct arena *arena = act->context->arena;
    struct value *row = value_object(arena);
    value_set_text(arena, row, "event", event);
    value_set_text(arena, row, "request_id", request_id);
    value_push(act->events, row);
}

static const char *actor_kind_name(enum actor_kind kind) {
    switch (kind) {
    case ACTOR_ANONYMOUS:
        return "anonymous";
    case ACTOR_ACCOUNT:
        return "account";
    case ACTOR_CLIENT:
        return "client";
    case ACTOR_SYSTEM:
        return "system";
    }
    return "anonymous";
}

/* The detail of the audit entry, with the program that acted on behalf of its account. */
static struct value *detail_of(const struct context *context, const struct audit_event *event) {
    struct value *detail = event->detail == NULL ? value_object(context->arena)
                                                 : value_copy(context->arena, event->detail);
    if (context->actor->kind == ACTOR_CLIENT) {
        value_set_text(context->arena, detail, "client_id", context->actor->client_id);
    }
    return detail;
}

void act_audit(struct act *act, const struct audit_event *event) {
    struct arena *arena = act->context->arena;
    const struct actor *actor = act->context->actor;
    const bool becomes_known = event->account_id != NULL;
    struct value *row = value_object(arena);
    value_set_text(arena, row, "actor_kind",
                   actor_kind_name(becomes_known ? ACTOR_ACCOUNT : actor->kind));
    value_set_text(arena, row, "actor_id", becomes_known ? event->account_id : actor->account_id);
    value_set_text(arena, row, "action", event->action);
    value_set_text(arena, row, "subject_type", event->subject_type);
    value_set_text(arena, row, "subject_id", event->subject_id);
    value_set_text(arena, row, "product", event->product);
    value_set_text(arena, row, "siret", event->siret);
    value_set(row, "detail", detail_of(act->context, event));
    value_set_text(arena, row, "address", actor->address);
    /* As the column keeps it: the tag is compared with what is read again. */
    value_set_text(arena, row, "request_id",
                   actor->request_id == NULL ? NULL : text_lower(arena, actor->request_id));
    audit_tag(arena, act->context->services->master_key, row);
    value_push(act->audits, row);
}

static struct nullable_bytes hash_of(const struct idempotency_key *key) {
    struct nullable_bytes hash = {.has_value = key != NULL};
    if (key != NULL) {
        hash.value = bytes_of(key->body_hash, sizeof key->body_hash);
    }
    return hash;
}

enum err act_commit(struct act *act, const struct act_outcome *outcome) {
    struct context *context = act->context;
    struct arena *arena = context->arena;
    const struct idempotency_key *key = context->idempotency;
    const struct act_answer *answer = &outcome->answer;
    if (key != NULL && answer->status == 0) {
        return err_internal("an act on a route that honours the key has no answer");
    }
    if (outcome->audit.action != NULL) {
        act_audit(act, &outcome->audit);
    }
    if (outcome->event != NULL) {
        act_event(act, outcome->event, outcome->event_request_id);
    }
    tx_commit_with_next(&act->tx);
    TRY(sql_act_commit(
        &act->tx, .mails = value_count(act->mails) == 0 ? NULL : json_text(arena, act->mails),
        .events = value_count(act->events) == 0 ? NULL : json_text(arena, act->events),
        .audits = json_text(arena, act->audits), .key_actor = key == NULL ? NULL : key->actor_id,
        .key_path = key == NULL ? NULL : key->path, .key_text = key == NULL ? NULL : key->key,
        .key_body_hash = hash_of(key),
        .status = key == NULL ? NULL_INT : nullable_int(answer->status),
        .content_type = key == NULL || answer->json == NULL ? NULL : "application/json",
        .body = key == NULL || (answer->is_secret && !context->keeps_secret)
                    ? NULL
                    : idempotency_seal(context, key, answer->json),
        .headers = key == NULL ? NULL : idempotency_headers(arena, answer)));
    audit_note_written();
    context->answer = *answer;
    return ERR_NONE;
}

void act_end(struct act *act) {
    tx_end(&act->tx);
}
