#include "program/client_admin.h"
#include "base/json.h"
#include "core/scope.h"
#include "product/product.h"
#include "security/random.h"
#include "security/token_hash.h"

/* The first scope that managers alone give, in the array `scopes`; NULL where there is none. */
static const char *find_scope_of_managers(const struct value *scopes) {
    for (size_t i = 0; i < value_count(scopes); i++) {
        const char *name = value_text_of(value_item(scopes, i));
        if (scope_is_of_managers(name)) {
            return name;
        }
    }
    return NULL;
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
    const char *scope = find_scope_of_managers(creation->scopes);
    if (scope != NULL && !actor_has_role(actor, ROLE_MANAGER, creation->product)) {
        return context_fail(
            context, ERR_FORBIDDEN,
            arena_printf(context->arena,
                         "Seul un responsable du produit donne le périmètre « %s ».", scope));
    }
    return ERR_NONE;
}

static enum err check_organisation(struct context *context, struct tx *tx,
                                   const struct client_creation *creation) {
    const char *scope = find_scope_of_managers(creation->scopes);
    if (scope != NULL) {
        field_errors_add(context->errors, "/scopes", "not_allowed",
                         "Le périmètre « %s » est réservé aux programmes d’un produit.", scope);
        return ERR_INVALID;
    }
    return credential_check_member(context, tx, creation->siret);
}

static enum err count(struct tx *tx, int64_t *held, const char *account) {
    return sql_client_count(tx, held, .account = account);
}

static enum err list(struct tx *tx, const char **document, const char *account,
                     const struct page *page) {
    return sql_client_list(tx, document, .account = account, PAGE_TIME(page));
}

static enum err find_document(struct tx *tx, struct credential_document *document, const char *id,
                              const char *account) {
    return sql_client_document(tx, document, .client = id, .account = account);
}

static enum err lock(struct tx *tx, struct credential_row *row, const char *id,
                     const char *account) {
    return sql_client_lock(tx, row, .client = id, .account = account);
}

static enum err remove_client(struct tx *tx, const char *id) {
    return sql_client_delete(tx, .client = id);
}

static enum err touch(struct tx *tx, const char *id) {
    return sql_client_touch(tx, .client = id);
}

static enum err count_secrets(struct tx *tx, int64_t *secrets, const char *id) {
    return sql_client_count_secrets(tx, secrets, .client = id);
}

static enum err remove_secret(struct tx *tx, size_t *affected, const char *secret_id,
                              const char *id) {
    return sql_client_delete_secret(tx, affected, .secret = secret_id, .client = id);
}

static enum err add_secret(struct context *context, struct tx *tx, const char *id,
                           struct new_secret *secret) {
    struct client_new_secret row;
    secret->secret = random_token(context->arena);
    TRY(sql_client_add_secret(tx, &row, .client = id,
                              .secret_hash = token_hash_text(context->arena, secret->secret)));
    secret->id = row.id;
    secret->created_at = row.created_at;
    return ERR_NONE;
}

static const struct credential_kind KIND = {
    .subject_type = "client",
    .secret_name = "client_secret",
    .count_max = CLIENTS_MAX,
    .too_many = "Vous avez déjà 50 programmes : supprimez ceux qui ne servent plus.",
    .too_many_secrets = "Ce programme a déjà deux secrets : retirez-en un d’abord.",
    .last_secret = "C’est le dernier secret : ajoutez-en un autre, ou supprimez le programme.",
    .count = count,
    .list = list,
    .find_document = find_document,
    .lock = lock,
    .remove = remove_client,
    .touch = touch,
    .count_secrets = count_secrets,
    .add_secret = add_secret,
    .remove_secret = remove_secret,
};

enum err client_create(struct context *context, const struct client_creation *creation) {
    struct credential_row row;
    if (creation->product != NULL) {
        TRY(check_product(context, creation));
    }
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    if (creation->siret != NULL) {
        TRY(check_organisation(context, &act.tx, creation));
    }
    TRY(credential_check_count(context, &act.tx, &KIND));
    TRY(sql_client_create(&act.tx, &row, .account = context->actor->account_id,
                          .name = creation->name, .siret = creation->siret,
                          .product = creation->product,
                          .scopes = json_text(context->arena, creation->scopes)));
    return credential_commit_created(&act, &KIND, &row);
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

enum err client_add_secret(struct context *context, const char *id) {
    return credential_add_secret(context, &KIND, id);
}

enum err client_delete_secret(struct context *context, const char *id, const char *secret_id) {
    return credential_delete_secret(context, &KIND, id, secret_id);
}

enum err client_delete_expired(struct context *context) {
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE);
    return sql_client_delete_expired(&once);
}
