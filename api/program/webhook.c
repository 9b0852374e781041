#include "program/webhook.h"
#include "base/json.h"
#include "base/text.h"
#include "core/ports.h"
#include "product/product.h"
#include "security/random.h"
#include "security/seal.h"
#include <string.h>

const char *const WEBHOOK_EVENTS[] = {
    "request.created",
    "request.updated",
    "request.submitted",
    "request.changes_requested",
    "request.approved",
    "request.refused",
    "request.revoked",
    "request.reopened",
    "request.reopening_cancelled",
    "request.archived",
    "request.transferred",
    "request.assigned",
    "request.deleted",
    "request.message_posted",
    "token.created",
    "token.prolonged",
    "token.rotated",
    "token.revealed",
    "token.shared",
    "token.addresses_changed",
    "token.expiring",
    "token.revoked",
    NULL,
};

const char *webhook_secret_context(struct arena *arena, const char *secret_id) {
    return arena_printf(arena, "webhook_secret/%s", secret_id);
}

static enum err check_url(struct context *context, const char *url) {
    const struct ports *ports = context->services->ports;
    const enum err err = ports->webhook_check_url(ports->webhook_state, url);
    if (err == ERR_INVALID) {
        field_errors_add(context->errors, "/url", "invalid_format",
                         "Indiquez une adresse https, par exemple https://www.exemple.fr/webhook.");
    } else if (err == ERR_FORBIDDEN) {
        field_errors_add(context->errors, "/url", "not_allowed",
                         "Cette adresse mène à un réseau privé : indiquez une adresse publique.");
        return ERR_INVALID;
    }
    return err;
}

/* A program may only create webhooks of the organisation or product that it is bound to itself. */
static bool is_bound_elsewhere(const struct actor *actor, const struct webhook_creation *creation) {
    const char *siret = actor->client_siret;
    const char *product = actor->client_product;
    return (siret != NULL && (creation->siret == NULL || strcmp(siret, creation->siret) != 0)) ||
           (product != NULL && strcmp(product, creation->product) != 0);
}

static enum err check_right(struct context *context, struct tx *tx,
                            const struct webhook_creation *creation) {
    if (is_bound_elsewhere(context->actor, creation)) {
        return context_fail(context, ERR_FORBIDDEN,
                            "Ce programme n’est pas fait pour cette organisation ou ce produit.");
    }
    if (creation->siret == NULL) {
        return actor_has_role(context->actor, ROLE_MANAGER, creation->product)
                   ? ERR_NONE
                   : context_fail(context, ERR_FORBIDDEN,
                                  "Seul un responsable suit toutes les demandes d’un produit : "
                                  "indiquez le SIRET de votre organisation.");
    }
    return credential_check_member(context, tx, creation->siret);
}

static enum err count(struct tx *tx, int64_t *held, const char *owner) {
    return sql_webhook_count(tx, held, .owner = owner);
}

static enum err find_document(struct tx *tx, struct credential_document *document, const char *id,
                              const char *owner) {
    return sql_webhook_document(tx, document, .webhook = id, .owner = owner);
}

static enum err lock(struct tx *tx, struct credential_row *row, const char *id, const char *owner) {
    return sql_webhook_lock(tx, row, .webhook = id, .owner = owner);
}

static enum err remove_webhook(struct tx *tx, const char *id) {
    return sql_webhook_delete(tx, .webhook = id);
}

static enum err touch(struct tx *tx, const char *id) {
    return sql_webhook_touch(tx, .webhook = id);
}

static enum err count_secrets(struct tx *tx, int64_t *secrets, const char *id) {
    return sql_webhook_count_secrets(tx, secrets, .webhook = id);
}

static enum err remove_secret(struct tx *tx, size_t *affected, const char *secret_id,
                              const char *id) {
    return sql_webhook_delete_secret(tx, affected, .secret = secret_id, .webhook = id);
}

static enum err add_secret(struct context *context, struct tx *tx, const char *webhook_id,
                           const char *expires_at, struct new_secret *secret) {
    (void)expires_at; /* what signs has no end of its own */
    char *id = arena_alloc(context->arena, UUID_TEXT_BYTES);
    text_new_uuid(id);
    secret->id = id;
    secret->expires_at = NULL;
    secret->secret = random_token(context->arena);
    const char *sealed = seal_close(context->arena, context->services->master_key,
                                    webhook_secret_context(context->arena, id), secret->secret,
                                    strlen(secret->secret));
    return sql_webhook_add_secret(tx, &secret->created_at, .secret = id, .webhook = webhook_id,
                                  .sealed_secret = sealed);
}

static const struct credential_kind KIND = {
    .subject_type = "webhook",
    .secret_name = "secret",
    .count_max = WEBHOOKS_MAX,
    .too_many = "Vous avez déjà 50 webhooks : supprimez ceux qui ne servent plus.",
    .too_many_secrets = "Ce webhook a déjà deux secrets : retirez-en un d’abord.",
    .last_secret = "C’est le dernier secret : ajoutez-en un autre, ou supprimez le webhook.",
    .not_responsible = "Ce webhook est celui de quelqu’un d’autre.",
    .is_of_program = true,
    .count = count,
    .find_document = find_document,
    .lock = lock,
    .remove = remove_webhook,
    .touch = touch,
    .count_secrets = count_secrets,
    .add_secret = add_secret,
    .secret_mail = "webhook_secret",
    .remove_secret = remove_secret,
};

enum err webhook_create(struct context *context, const struct webhook_creation *creation) {
    struct credential_row row;
    if (products_find(context->services->products, creation->product) == NULL) {
        field_errors_add(context->errors, "/product", "not_found", "Ce produit n’existe pas.");
        return ERR_INVALID;
    }
    TRY(check_url(context, creation->url));
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(check_right(context, &act.tx, creation));
    TRY(credential_check_count(context, &act.tx, &KIND));
    TRY(sql_webhook_create(&act.tx, &row, .account = context->actor->account_id,
                           .client = context->actor->client_id, .product = creation->product,
                           .siret = creation->siret, .url = creation->url,
                           .events = json_text(context->arena, creation->events)));
    return credential_commit_created(&act, &KIND, &row, NULL);
}

enum err webhook_list(struct context *context, const struct page *page, const char **json) {
    const struct identity identity = context_identity(context);
    struct tx once = tx_once(context->services->pool, context->arena, &identity, TX_READ);
    return sql_webhook_list(&once, json, .owner = credential_owner(&KIND, context->actor),
                            PAGE_TIME(page));
}

enum err webhook_read(struct context *context, const char *id, const char **json,
                      int64_t *version) {
    return credential_read(context, &KIND, id, json, version);
}

enum err webhook_update(struct context *context, const char *id, int64_t if_match,
                        const struct webhook_patch *patch) {
    struct credential_row row;
    if (patch->url != NULL) {
        TRY(check_url(context, patch->url));
    }
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(credential_lock(&act, &KIND, id, &row));
    if (if_match >= 0 && if_match != row.version) {
        return ERR_STALE;
    }
    TRY(sql_webhook_update(
        &act.tx, .webhook = id, .url = patch->url,
        .events = patch->events == NULL ? NULL : json_text(context->arena, patch->events),
        .enabled = patch->has_enabled ? nullable_bool(patch->enabled) : NULL_BOOL));
    if (patch->has_enabled && !patch->enabled) {
        TRY(sql_webhook_attempt_give_up(&act.tx, .webhook = id));
    }
    return credential_commit_changed(&act, &KIND, "update", &row);
}

enum err webhook_delete(struct context *context, const char *id) {
    return credential_delete(context, &KIND, id);
}

enum err webhook_add_secret(struct context *context, const char *id) {
    return credential_add_secret(context, &KIND, id, NULL);
}

enum err webhook_delete_secret(struct context *context, const char *id, const char *secret_id) {
    return credential_delete_secret(context, &KIND, id, secret_id);
}

enum err webhook_list_attempts(struct context *context, const char *id, const char *event_id,
                               const struct page *page, const char **json) {
    const struct identity identity = context_identity(context);
    struct credential_document webhook;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_READ, &tx));
    TRY(find_document(&tx, &webhook, id, credential_owner(&KIND, context->actor)));
    TRY(sql_webhook_attempt_list(&tx, json, .webhook = id, .event = event_id, PAGE_TIME(page)));
    return tx_commit(&tx);
}

enum err webhook_replay(struct context *context, const char *id, const char *attempt_id) {
    struct credential_row row;
    struct webhook_attempt_subject attempt;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(credential_lock(&act, &KIND, id, &row));
    TRY(sql_webhook_attempt_find(&act.tx, &attempt, .attempt = attempt_id, .webhook = id));
    if (!attempt.is_enabled) {
        return context_fail(context, ERR_CONFLICT, "Ce webhook est désactivé : réactivez-le.");
    }
    TRY(sql_webhook_attempt_add(&act.tx, .webhook = id, .event = attempt.event_id, .number = 1,
                                .in_s = 0));
    return credential_commit(&act, &KIND, "replay", &row, &(struct act_answer){.status = 202});
}
