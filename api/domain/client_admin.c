#include "domain/client_admin.h"
#include "base/json.h"
#include "domain/product.h"
#include "domain/record.h"
#include "domain/siret.h"
#include "security/random.h"
#include "security/token_hash.h"
#include <string.h>

const char *const CLIENT_SCOPES[] = {
    "requests:read", "requests:write", "habilitations:read", "tokens:read", "tokens:write",
    "usage:read",    "usage:write",    "webhooks",           NULL,
};

static enum err begin(struct context *context, struct identity *identity, struct tx *tx) {
    *identity = context_identity(context);
    return tx_begin(context->services->pool, context->arena, identity, TX_WRITE, tx);
}

static enum err record_client(struct context *context, struct tx *tx, const char *action,
                              const char *id, const char *product, const char *siret) {
    TRY(idempotency_mark(tx, context->idempotency));
    return record_act(context, tx,
                      &(struct record){.action = action,
                                       .subject_type = "client",
                                       .subject_id = id,
                                       .product = product,
                                       .siret = siret});
}

static enum err check_product(struct context *context, const struct client_creation *creation) {
    const struct actor *actor = context->actor;
    if (products_find(context->services->products, creation->product) == NULL) {
        field_errors_add(context->errors, "/product", "not_found", "Ce produit n’existe pas.");
        return ERR_INVALID;
    }
    if (!actor_has_role(actor, ROLE_REPORTER, creation->product)) {
        return context_fail(context, ERR_FORBIDDEN,
                            "Un programme d’instruction est créé par un agent de ce produit.");
    }
    if (value_has_text(creation->scopes, "usage:write") &&
        !actor_has_role(actor, ROLE_MANAGER, creation->product)) {
        return context_fail(context, ERR_FORBIDDEN,
                            "Seul un responsable du produit donne le périmètre « usage:write ».");
    }
    return ERR_NONE;
}

static enum err check_organisation(struct context *context, struct tx *tx,
                                   const struct client_creation *creation) {
    struct rows *rows = NULL;
    if (value_has_text(creation->scopes, "usage:write")) {
        field_errors_add(context->errors, "/scopes", "not_allowed",
                         "Le périmètre « usage:write » est réservé aux programmes d’un produit.");
        return ERR_INVALID;
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
    TRY(tx_query(tx, &SQL_CLIENT_COUNT, &rows, P_TEXT(context->actor->account_id)));
    return rows_integer(rows, 0, "clients", 0) < CLIENTS_MAX
               ? ERR_NONE
               : context_fail(context, ERR_CONFLICT,
                              "Vous avez déjà 50 programmes : supprimez ceux qui ne servent plus.");
}

static enum err add_secret(struct tx *tx, const char *client_id, struct new_secret *secret) {
    struct rows *rows = NULL;
    secret->secret = random_token(tx->arena);
    TRY(tx_query(tx, &SQL_CLIENT_ADD_SECRET, &rows, P_TEXT(client_id),
                 P_TEXT(token_hash_text(tx->arena, secret->secret))));
    secret->id = rows_text(rows, 0, "id");
    secret->created_at = rows_text(rows, 0, "created_at");
    return ERR_NONE;
}

static enum err read_document(struct context *context, struct tx *tx, const char *id,
                              const char **json, int64_t *version) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_CLIENT_DOCUMENT, &rows, P_TEXT(id), P_TEXT(context->actor->account_id)));
    *json = rows_text(rows, 0, "document");
    *version = rows_integer(rows, 0, "version", 0);
    return rows->count == 0 ? ERR_NOT_FOUND : ERR_NONE;
}

enum err client_create(struct context *context, const struct client_creation *creation,
                       const char **json, int64_t *version, const char **secret) {
    struct identity identity;
    struct new_secret made;
    struct rows *rows = NULL;
    if (creation->product != NULL) {
        TRY(check_product(context, creation));
    }
    TX_AUTO(tx);
    TRY(begin(context, &identity, &tx));
    if (creation->siret != NULL) {
        TRY(check_organisation(context, &tx, creation));
    }
    TRY(check_count(context, &tx));
    TRY(tx_query(&tx, &SQL_CLIENT_CREATE, &rows, P_TEXT(context->actor->account_id),
                 P_TEXT(creation->name), P_TEXT(creation->siret), P_TEXT(creation->product),
                 P_TEXT(json_text(context->arena, creation->scopes))));
    const char *id = rows_text(rows, 0, "id");
    TRY(add_secret(&tx, id, &made));
    *secret = made.secret;
    TRY(read_document(context, &tx, id, json, version));
    TRY(record_client(context, &tx, "client.create", id, creation->product, creation->siret));
    return tx_commit(&tx);
}

enum err client_list(struct context *context, const struct page *page, const char **json) {
    const struct identity identity = context_identity(context);
    struct rows *rows = NULL;
    TRY(pool_query(context->services->pool, context->arena, &identity, TX_READ, &SQL_CLIENT_LIST,
                   &rows, P_TEXT(context->actor->account_id), P_PAGE_TIME(page)));
    *json = rows_text(rows, 0, "document");
    return ERR_NONE;
}

enum err client_read(struct context *context, const char *id, const char **json, int64_t *version) {
    const struct identity identity = context_identity(context);
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_READ, &tx));
    TRY(read_document(context, &tx, id, json, version));
    return tx_commit(&tx);
}

static enum err lock(struct context *context, struct tx *tx, const char *id, struct rows **rows) {
    TRY(tx_query(tx, &SQL_CLIENT_LOCK, rows, P_TEXT(id), P_TEXT(context->actor->account_id)));
    return (*rows)->count == 0 ? ERR_NOT_FOUND : ERR_NONE;
}

static enum err count_secrets(struct tx *tx, const char *id, int64_t *count) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_CLIENT_COUNT_SECRETS, &rows, P_TEXT(id)));
    *count = rows_integer(rows, 0, "secrets", 0);
    return ERR_NONE;
}

enum err client_delete(struct context *context, const char *id) {
    struct identity identity;
    struct rows *rows = NULL;
    TX_AUTO(tx);
    TRY(begin(context, &identity, &tx));
    TRY(lock(context, &tx, id, &rows));
    TRY(tx_query(&tx, &SQL_CLIENT_DELETE, NULL, P_TEXT(id)));
    TRY(record_client(context, &tx, "client.delete", id, rows_text(rows, 0, "product"),
                      rows_text(rows, 0, "siret")));
    return tx_commit(&tx);
}

enum err client_add_secret(struct context *context, const char *id, struct new_secret *secret) {
    struct identity identity;
    struct rows *rows = NULL;
    int64_t count = 0;
    TX_AUTO(tx);
    TRY(begin(context, &identity, &tx));
    TRY(lock(context, &tx, id, &rows));
    TRY(count_secrets(&tx, id, &count));
    if (count >= CLIENT_SECRETS_MAX) {
        return context_fail(context, ERR_CONFLICT,
                            "Ce programme a déjà deux secrets : retirez-en un d’abord.");
    }
    TRY(add_secret(&tx, id, secret));
    TRY(tx_query(&tx, &SQL_CLIENT_TOUCH, NULL, P_TEXT(id)));
    TRY(record_client(context, &tx, "client.add_secret", id, rows_text(rows, 0, "product"),
                      rows_text(rows, 0, "siret")));
    return tx_commit(&tx);
}

enum err client_delete_secret(struct context *context, const char *id, const char *secret_id) {
    struct identity identity;
    struct rows *rows = NULL;
    struct rows *deleted = NULL;
    int64_t count = 0;
    TX_AUTO(tx);
    TRY(begin(context, &identity, &tx));
    TRY(lock(context, &tx, id, &rows));
    TRY(count_secrets(&tx, id, &count));
    TRY(tx_query(&tx, &SQL_CLIENT_DELETE_SECRET, &deleted, P_TEXT(secret_id), P_TEXT(id)));
    if (deleted->count == 0) {
        return ERR_NOT_FOUND;
    }
    if (count < CLIENT_SECRETS_MAX) {
        return context_fail(context, ERR_CONFLICT,
                            "C’est le dernier secret : ajoutez-en un autre, ou supprimez le "
                            "programme.");
    }
    TRY(tx_query(&tx, &SQL_CLIENT_TOUCH, NULL, P_TEXT(id)));
    TRY(record_client(context, &tx, "client.delete_secret", id, rows_text(rows, 0, "product"),
                      rows_text(rows, 0, "siret")));
    return tx_commit(&tx);
}

enum err client_delete_expired(struct context *context) {
    return pool_run(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE,
                    &SQL_CLIENT_DELETE_EXPIRED, NULL, 0, NULL);
}
