#include "program/client_admin.h"
#include "base/json.h"
#include "product/product.h"
#include "security/random.h"
#include "security/token_hash.h"

const char *const CLIENT_SCOPES[] = {
    "requests:read", "requests:write", "habilitations:read", "tokens:read", "tokens:write",
    "usage:read",    "usage:write",    "webhooks",           NULL,
};

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
    if (value_has_text(creation->scopes, "usage:write")) {
        field_errors_add(context->errors, "/scopes", "not_allowed",
                         "Le périmètre « usage:write » est réservé aux programmes d’un produit.");
        return ERR_INVALID;
    }
    return credential_check_member(context, tx, creation->siret);
}

static enum err add_secret(struct context *context, struct tx *tx, const char *client_id,
                           struct new_secret *secret) {
    struct rows *rows = NULL;
    (void)context;
    secret->secret = random_token(tx->arena);
    TRY(tx_query(tx, &SQL_CLIENT_ADD_SECRET, &rows, P_TEXT(client_id),
                 P_TEXT(token_hash_text(tx->arena, secret->secret))));
    secret->id = rows_text(rows, 0, "id");
    secret->created_at = rows_text(rows, 0, "created_at");
    return ERR_NONE;
}

static const struct credential_kind KIND = {
    .subject_type = "client",
    .document = &SQL_CLIENT_DOCUMENT,
    .lock = &SQL_CLIENT_LOCK,
    .remove = &SQL_CLIENT_DELETE,
    .touch = &SQL_CLIENT_TOUCH,
    .count_secrets = &SQL_CLIENT_COUNT_SECRETS,
    .remove_secret = &SQL_CLIENT_DELETE_SECRET,
    .list = &SQL_CLIENT_LIST,
    .count = &SQL_CLIENT_COUNT,
    .count_max = CLIENTS_MAX,
    .too_many = "Vous avez déjà 50 programmes : supprimez ceux qui ne servent plus.",
    .too_many_secrets = "Ce programme a déjà deux secrets : retirez-en un d’abord.",
    .last_secret = "C’est le dernier secret : ajoutez-en un autre, ou supprimez le programme.",
    .add_secret = add_secret,
};

enum err client_create(struct context *context, const struct client_creation *creation,
                       const char **json, int64_t *version, const char **secret) {
    struct identity identity;
    struct rows *rows = NULL;
    if (creation->product != NULL) {
        TRY(check_product(context, creation));
    }
    TX_AUTO(tx);
    TRY(credential_begin(context, &identity, &tx));
    if (creation->siret != NULL) {
        TRY(check_organisation(context, &tx, creation));
    }
    TRY(credential_check_count(context, &tx, &KIND));
    TRY(tx_query(&tx, &SQL_CLIENT_CREATE, &rows, P_TEXT(context->actor->account_id),
                 P_TEXT(creation->name), P_TEXT(creation->siret), P_TEXT(creation->product),
                 P_TEXT(json_text(context->arena, creation->scopes))));
    TRY(credential_finish(context, &tx, &KIND, rows, json, version, secret));
    return tx_commit(&tx);
}

enum err client_list(struct context *context, const struct page *page, const char **json) {
    return credential_list(context, &KIND, page, json);
}

enum err client_read(struct context *context, const char *id, const char **json, int64_t *version) {
    return credential_read(context, &KIND, id, json, version);
}

enum err client_delete(struct context *context, const char *id) {
    return credential_delete(context, &KIND, id);
}

enum err client_add_secret(struct context *context, const char *id, struct new_secret *secret) {
    return credential_add_secret(context, &KIND, id, secret);
}

enum err client_delete_secret(struct context *context, const char *id, const char *secret_id) {
    return credential_delete_secret(context, &KIND, id, secret_id);
}

enum err client_delete_expired(struct context *context) {
    return pool_run(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE,
                    &SQL_CLIENT_DELETE_EXPIRED, NULL, 0, NULL);
}
