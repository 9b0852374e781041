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

/* A program keeps to what it was made for. */
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

static enum err add_secret(struct context *context, struct tx *tx, const char *webhook_id,
                           struct new_secret *secret) {
    struct rows *rows = NULL;
    char *id = arena_alloc(context->arena, UUID_TEXT_BYTES);
    text_new_uuid(id);
    secret->id = id;
    secret->secret = random_token(context->arena);
    const char *sealed = seal_close(context->arena, context->services->master_key,
                                    webhook_secret_context(context->arena, id), secret->secret,
                                    strlen(secret->secret));
    TRY(tx_query(tx, &SQL_WEBHOOK_ADD_SECRET, &rows, P_TEXT(id), P_TEXT(webhook_id),
                 P_TEXT(sealed)));
    secret->created_at = rows_text(rows, 0, "created_at");
    return ERR_NONE;
}

static const struct credential_kind KIND = {
    .subject_type = "webhook",
    .document = &SQL_WEBHOOK_DOCUMENT,
    .lock = &SQL_WEBHOOK_LOCK,
    .remove = &SQL_WEBHOOK_DELETE,
    .touch = &SQL_WEBHOOK_TOUCH,
    .count_secrets = &SQL_WEBHOOK_COUNT_SECRETS,
    .remove_secret = &SQL_WEBHOOK_DELETE_SECRET,
    .list = &SQL_WEBHOOK_LIST,
    .count = &SQL_WEBHOOK_COUNT,
    .count_max = WEBHOOKS_MAX,
    .too_many = "Vous avez déjà 50 webhooks : supprimez ceux qui ne servent plus.",
    .too_many_secrets = "Ce webhook a déjà deux secrets : retirez-en un d’abord.",
    .last_secret = "C’est le dernier secret : ajoutez-en un autre, ou supprimez le webhook.",
    .add_secret = add_secret,
};

enum err webhook_create(struct context *context, const struct webhook_creation *creation,
                        const char **json, int64_t *version, const char **secret) {
    struct identity identity;
    struct rows *rows = NULL;
    if (products_find(context->services->products, creation->product) == NULL) {
        field_errors_add(context->errors, "/product", "not_found", "Ce produit n’existe pas.");
        return ERR_INVALID;
    }
    TRY(check_url(context, creation->url));
    TX_AUTO(tx);
    TRY(credential_begin(context, &identity, &tx));
    TRY(check_right(context, &tx, creation));
    TRY(credential_check_count(context, &tx, &KIND));
    TRY(tx_query(&tx, &SQL_WEBHOOK_CREATE, &rows, P_TEXT(context->actor->account_id),
                 P_TEXT(creation->product), P_TEXT(creation->siret), P_TEXT(creation->url),
                 P_TEXT(json_text(context->arena, creation->events))));
    TRY(credential_finish(context, &tx, &KIND, rows, json, version, secret));
    return tx_commit(&tx);
}

enum err webhook_list(struct context *context, const struct page *page, const char **json) {
    return credential_list(context, &KIND, page, json);
}

enum err webhook_read(struct context *context, const char *id, const char **json,
                      int64_t *version) {
    return credential_read(context, &KIND, id, json, version);
}

enum err webhook_update(struct context *context, const char *id, int64_t if_match,
                        const struct webhook_patch *patch, const char **json, int64_t *version) {
    struct identity identity;
    struct rows *rows = NULL;
    if (patch->url != NULL) {
        TRY(check_url(context, patch->url));
    }
    TX_AUTO(tx);
    TRY(credential_begin(context, &identity, &tx));
    TRY(credential_lock(context, &tx, &KIND, id, &rows));
    if (if_match >= 0 && if_match != rows_integer(rows, 0, "version", 0)) {
        return ERR_STALE;
    }
    TRY(tx_query(&tx, &SQL_WEBHOOK_UPDATE, NULL, P_TEXT(id), P_TEXT(patch->url),
                 P_TEXT(patch->events == NULL ? NULL : json_text(context->arena, patch->events)),
                 P_TEXT(patch->has_enabled ? (patch->enabled ? "t" : "f") : NULL)));
    if (patch->has_enabled && !patch->enabled) {
        TRY(tx_query(&tx, &SQL_WEBHOOK_ATTEMPT_GIVE_UP, NULL, P_TEXT(id)));
    }
    TRY(credential_document(context, &tx, &KIND, id, json, version));
    TRY(credential_audit(context, &tx, &KIND, "update", rows));
    return tx_commit(&tx);
}

enum err webhook_delete(struct context *context, const char *id) {
    return credential_delete(context, &KIND, id);
}

enum err webhook_add_secret(struct context *context, const char *id, struct new_secret *secret) {
    return credential_add_secret(context, &KIND, id, secret);
}

enum err webhook_delete_secret(struct context *context, const char *id, const char *secret_id) {
    return credential_delete_secret(context, &KIND, id, secret_id);
}

enum err webhook_list_attempts(struct context *context, const char *id, const char *event_id,
                               const struct page *page, const char **json) {
    const struct identity identity = context_identity(context);
    struct rows *rows = NULL;
    int64_t version = 0;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_READ, &tx));
    TRY(credential_document(context, &tx, &KIND, id, json, &version));
    TRY(tx_query(&tx, &SQL_WEBHOOK_ATTEMPT_LIST, &rows, P_TEXT(id), P_TEXT(event_id),
                 P_PAGE_TIME(page)));
    *json = rows_text(rows, 0, "document");
    return tx_commit(&tx);
}

enum err webhook_replay(struct context *context, const char *id, const char *attempt_id) {
    struct identity identity;
    struct rows *rows = NULL;
    struct rows *attempt = NULL;
    TX_AUTO(tx);
    TRY(credential_begin(context, &identity, &tx));
    TRY(credential_lock(context, &tx, &KIND, id, &rows));
    TRY(tx_query(&tx, &SQL_WEBHOOK_ATTEMPT_FIND, &attempt, P_TEXT(attempt_id), P_TEXT(id)));
    if (attempt->count == 0) {
        return ERR_NOT_FOUND;
    }
    if (!rows_boolean(rows, 0, "enabled")) {
        return context_fail(context, ERR_CONFLICT, "Ce webhook est désactivé : réactivez-le.");
    }
    TRY(tx_query(&tx, &SQL_WEBHOOK_ATTEMPT_ADD, NULL, P_TEXT(id),
                 P_TEXT(rows_text(attempt, 0, "event_id")), P_INTEGER(1), P_INTEGER(0)));
    TRY(credential_audit(context, &tx, &KIND, "replay", rows));
    return tx_commit(&tx);
}
