#include "domain/webhook.h"
#include "base/json.h"
#include "base/text.h"
#include "domain/ports.h"
#include "domain/product.h"
#include "domain/record.h"
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

static enum err begin(struct context *context, struct identity *identity, struct tx *tx) {
    *identity = context_identity(context);
    return tx_begin(context->services->pool, context->arena, identity, TX_WRITE, tx);
}

static enum err record_webhook(struct context *context, struct tx *tx, const char *action,
                               const char *id, const char *product, const char *siret) {
    TRY(idempotency_mark(tx, context->idempotency));
    return record_act(context, tx,
                      &(struct record){.action = action,
                                       .subject_type = "webhook",
                                       .subject_id = id,
                                       .product = product,
                                       .siret = siret});
}

static enum err record_row(struct context *context, struct tx *tx, const char *action,
                           const struct rows *rows) {
    return record_webhook(context, tx, action, rows_text(rows, 0, "id"),
                          rows_text(rows, 0, "product"), rows_text(rows, 0, "siret"));
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
    struct rows *rows = NULL;
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
    TRY(tx_query(tx, &SQL_CLIENT_IS_MEMBER, &rows, P_TEXT(context->actor->account_id),
                 P_TEXT(creation->siret)));
    return rows_boolean(rows, 0, "is_member")
               ? ERR_NONE
               : context_fail(context, ERR_FORBIDDEN,
                              "Vous n’êtes pas membre actif de cette organisation.");
}

static enum err check_count(struct context *context, struct tx *tx) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_WEBHOOK_COUNT, &rows, P_TEXT(context->actor->account_id)));
    return rows_integer(rows, 0, "webhooks", 0) < WEBHOOKS_MAX
               ? ERR_NONE
               : context_fail(context, ERR_CONFLICT,
                              "Vous avez déjà 50 webhooks : supprimez ceux qui ne servent plus.");
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

static enum err read_document(struct context *context, struct tx *tx, const char *id,
                              const char **json, int64_t *version) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_WEBHOOK_DOCUMENT, &rows, P_TEXT(id), P_TEXT(context->actor->account_id)));
    *json = rows_text(rows, 0, "document");
    *version = rows_integer(rows, 0, "version", 0);
    return rows->count == 0 ? ERR_NOT_FOUND : ERR_NONE;
}

enum err webhook_create(struct context *context, const struct webhook_creation *creation,
                        const char **json, int64_t *version, const char **secret) {
    struct identity identity;
    struct new_secret made;
    struct rows *rows = NULL;
    if (products_find(context->services->products, creation->product) == NULL) {
        field_errors_add(context->errors, "/product", "not_found", "Ce produit n’existe pas.");
        return ERR_INVALID;
    }
    TRY(check_url(context, creation->url));
    TX_AUTO(tx);
    TRY(begin(context, &identity, &tx));
    TRY(check_right(context, &tx, creation));
    TRY(check_count(context, &tx));
    TRY(tx_query(&tx, &SQL_WEBHOOK_CREATE, &rows, P_TEXT(context->actor->account_id),
                 P_TEXT(creation->product), P_TEXT(creation->siret), P_TEXT(creation->url),
                 P_TEXT(json_text(context->arena, creation->events))));
    const char *id = rows_text(rows, 0, "id");
    TRY(add_secret(context, &tx, id, &made));
    *secret = made.secret;
    TRY(read_document(context, &tx, id, json, version));
    TRY(record_webhook(context, &tx, "webhook.create", id, creation->product, creation->siret));
    return tx_commit(&tx);
}

enum err webhook_list(struct context *context, const struct page *page, const char **json) {
    const struct identity identity = context_identity(context);
    struct rows *rows = NULL;
    TRY(pool_query(context->services->pool, context->arena, &identity, TX_READ, &SQL_WEBHOOK_LIST,
                   &rows, P_TEXT(context->actor->account_id), P_PAGE_TIME(page)));
    *json = rows_text(rows, 0, "document");
    return ERR_NONE;
}

enum err webhook_read(struct context *context, const char *id, const char **json,
                      int64_t *version) {
    const struct identity identity = context_identity(context);
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_READ, &tx));
    TRY(read_document(context, &tx, id, json, version));
    return tx_commit(&tx);
}

static enum err lock(struct context *context, struct tx *tx, const char *id, struct rows **rows) {
    TRY(tx_query(tx, &SQL_WEBHOOK_LOCK, rows, P_TEXT(id), P_TEXT(context->actor->account_id)));
    return (*rows)->count == 0 ? ERR_NOT_FOUND : ERR_NONE;
}

static enum err count_secrets(struct tx *tx, const char *id, int64_t *count) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_WEBHOOK_COUNT_SECRETS, &rows, P_TEXT(id)));
    *count = rows_integer(rows, 0, "secrets", 0);
    return ERR_NONE;
}

enum err webhook_update(struct context *context, const char *id, int64_t if_match,
                        const struct webhook_patch *patch, const char **json, int64_t *version) {
    struct identity identity;
    struct rows *rows = NULL;
    if (patch->url != NULL) {
        TRY(check_url(context, patch->url));
    }
    TX_AUTO(tx);
    TRY(begin(context, &identity, &tx));
    TRY(lock(context, &tx, id, &rows));
    if (if_match >= 0 && if_match != rows_integer(rows, 0, "version", 0)) {
        return ERR_STALE;
    }
    TRY(tx_query(&tx, &SQL_WEBHOOK_UPDATE, NULL, P_TEXT(id), P_TEXT(patch->url),
                 P_TEXT(patch->events == NULL ? NULL : json_text(context->arena, patch->events)),
                 P_TEXT(patch->has_enabled ? (patch->enabled ? "t" : "f") : NULL)));
    if (patch->has_enabled && !patch->enabled) {
        TRY(tx_query(&tx, &SQL_WEBHOOK_ATTEMPT_GIVE_UP, NULL, P_TEXT(id)));
    }
    TRY(read_document(context, &tx, id, json, version));
    TRY(record_row(context, &tx, "webhook.update", rows));
    return tx_commit(&tx);
}

enum err webhook_delete(struct context *context, const char *id) {
    struct identity identity;
    struct rows *rows = NULL;
    TX_AUTO(tx);
    TRY(begin(context, &identity, &tx));
    TRY(lock(context, &tx, id, &rows));
    TRY(tx_query(&tx, &SQL_WEBHOOK_DELETE, NULL, P_TEXT(id)));
    TRY(record_row(context, &tx, "webhook.delete", rows));
    return tx_commit(&tx);
}

enum err webhook_add_secret(struct context *context, const char *id, struct new_secret *secret) {
    struct identity identity;
    struct rows *rows = NULL;
    int64_t count = 0;
    TX_AUTO(tx);
    TRY(begin(context, &identity, &tx));
    TRY(lock(context, &tx, id, &rows));
    TRY(count_secrets(&tx, id, &count));
    if (count >= WEBHOOK_SECRETS_MAX) {
        return context_fail(context, ERR_CONFLICT,
                            "Ce webhook a déjà deux secrets : retirez-en un d’abord.");
    }
    TRY(add_secret(context, &tx, id, secret));
    TRY(tx_query(&tx, &SQL_WEBHOOK_TOUCH, NULL, P_TEXT(id)));
    TRY(record_row(context, &tx, "webhook.add_secret", rows));
    return tx_commit(&tx);
}

enum err webhook_delete_secret(struct context *context, const char *id, const char *secret_id) {
    struct identity identity;
    struct rows *rows = NULL;
    struct rows *deleted = NULL;
    int64_t count = 0;
    TX_AUTO(tx);
    TRY(begin(context, &identity, &tx));
    TRY(lock(context, &tx, id, &rows));
    TRY(count_secrets(&tx, id, &count));
    TRY(tx_query(&tx, &SQL_WEBHOOK_DELETE_SECRET, &deleted, P_TEXT(secret_id), P_TEXT(id)));
    if (deleted->count == 0) {
        return ERR_NOT_FOUND;
    }
    if (count < WEBHOOK_SECRETS_MAX) {
        return context_fail(context, ERR_CONFLICT,
                            "C’est le dernier secret : ajoutez-en un autre, ou supprimez le "
                            "webhook.");
    }
    TRY(tx_query(&tx, &SQL_WEBHOOK_TOUCH, NULL, P_TEXT(id)));
    TRY(record_row(context, &tx, "webhook.delete_secret", rows));
    return tx_commit(&tx);
}

enum err webhook_list_attempts(struct context *context, const char *id, const char *event_id,
                               const struct page *page, const char **json) {
    const struct identity identity = context_identity(context);
    struct rows *rows = NULL;
    int64_t version = 0;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_READ, &tx));
    TRY(read_document(context, &tx, id, json, &version));
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
    TRY(begin(context, &identity, &tx));
    TRY(lock(context, &tx, id, &rows));
    TRY(tx_query(&tx, &SQL_WEBHOOK_ATTEMPT_FIND, &attempt, P_TEXT(attempt_id), P_TEXT(id)));
    if (attempt->count == 0) {
        return ERR_NOT_FOUND;
    }
    if (!rows_boolean(rows, 0, "enabled")) {
        return context_fail(context, ERR_CONFLICT, "Ce webhook est désactivé : réactivez-le.");
    }
    TRY(tx_query(&tx, &SQL_WEBHOOK_ATTEMPT_ADD, NULL, P_TEXT(id),
                 P_TEXT(rows_text(attempt, 0, "event_id")), P_INTEGER(1), P_INTEGER(0)));
    TRY(record_row(context, &tx, "webhook.replay", rows));
    return tx_commit(&tx);
}
