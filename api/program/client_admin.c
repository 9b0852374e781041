#include "program/client_admin.h"
#include "base/json.h"
#include "core/scope.h"
#include "product/product.h"
#include "security/random.h"
#include "security/token_hash.h"
#include <string.h>

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

static enum err count(struct tx *tx, int64_t *held, const char *owner) {
    return sql_client_count(tx, held, .account = owner);
}

static enum err find_document(struct tx *tx, struct credential_document *document, const char *id,
                              const char *owner) {
    return sql_client_document(tx, document, .client = id, .account = owner);
}

static enum err lock(struct tx *tx, struct credential_row *row, const char *id, const char *owner) {
    return sql_client_lock(tx, row, .client = id, .account = owner);
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

/* The prefix is for those who look for secrets in published code. */
static enum err add_secret(struct context *context, struct tx *tx, const char *id,
                           const char *expires_at, struct new_secret *secret) {
    struct client_new_secret row;
    secret->secret = arena_printf(context->arena, "gch_%s", random_token(context->arena));
    TRY(sql_client_add_secret(tx, &row, .client = id,
                              .secret_hash = token_hash_text(context->arena, secret->secret),
                              .expires_at = expires_at));
    secret->expires_at = row.expires_at.or_null;
    secret->id = row.id;
    secret->created_at = row.created_at;
    return ERR_NONE;
}

const struct credential_kind CLIENT_KIND = {
    .subject_type = "client",
    .secret_name = "client_secret",
    .count_max = CLIENTS_MAX,
    .too_many = "Vous répondez déjà de 50 programmes : supprimez ceux qui ne servent plus.",
    .too_many_secrets = "Ce programme a déjà deux secrets : retirez-en un d’abord.",
    .last_secret = "C’est le dernier secret : ajoutez-en un autre, ou supprimez le programme.",
    .not_responsible = "Seules les personnes responsables de ce programme le gèrent.",
    .count = count,
    .find_document = find_document,
    .lock = lock,
    .remove = remove_client,
    .touch = touch,
    .count_secrets = count_secrets,
    .add_secret = add_secret,
    .is_client = true,
    .secret_mail = "program_secret",
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
    TRY(credential_check_count(context, &act.tx, &CLIENT_KIND));
    TRY(sql_client_create(&act.tx, &row, .account = context->actor->account_id,
                          .name = creation->name, .siret = creation->siret,
                          .product = creation->product,
                          .scopes = json_text(context->arena, creation->scopes)));
    return credential_commit_created(&act, &CLIENT_KIND, &row, creation->expires_at);
}

enum err client_list(struct context *context, const char *relation, const struct page *page,
                     const char **json) {
    const struct identity identity = context_identity(context);
    struct tx once = tx_once(context->services->pool, context->arena, &identity, TX_READ);
    return sql_client_list(&once, json, .account = context->actor->account_id, .relation = relation,
                           PAGE_TIME(page));
}

enum err client_read(struct context *context, const char *id, const char **json, int64_t *version) {
    return credential_read(context, &CLIENT_KIND, id, json, version);
}

/* ERR_INVALID with an error at each scope that is not one of `held`. */
static enum err check_narrower(struct context *context, const char *held,
                               const struct value *scopes) {
    for (size_t i = 0; i < value_count(scopes); i++) {
        const char *name = value_text_of(value_item(scopes, i));
        if (!scope_list_has(held, name, strlen(name))) {
            field_errors_add(context->errors, arena_printf(context->arena, "/scopes/%zu", i),
                             "not_allowed",
                             "Les périmètres d’un programme se réduisent seulement : pour un "
                             "périmètre de plus, créez un autre programme.");
        }
    }
    return field_errors_verdict(context->errors);
}

enum err client_update(struct context *context, const char *id, int64_t if_match,
                       const struct client_patch *patch) {
    struct credential_row row;
    const char *held = NULL;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(credential_lock(&act, &CLIENT_KIND, id, &row));
    if (if_match >= 0 && if_match != row.version) {
        return ERR_STALE;
    }
    if (patch->scopes != NULL) {
        TRY(sql_client_find_scopes(&act.tx, &held, .client = id));
        TRY(check_narrower(context, held, patch->scopes));
    }
    TRY(sql_client_update(
        &act.tx, .client = id, .name = patch->name,
        .scopes = patch->scopes == NULL ? NULL : json_text(context->arena, patch->scopes)));
    return credential_commit_changed(&act, &CLIENT_KIND, "update", &row);
}

enum err client_delete(struct context *context, const char *id) {
    return credential_delete(context, &CLIENT_KIND, id);
}

enum err client_add_secret(struct context *context, const char *id, const char *expires_at) {
    return credential_add_secret(context, &CLIENT_KIND, id, expires_at);
}

enum err client_delete_secret(struct context *context, const char *id, const char *secret_id) {
    return credential_delete_secret(context, &CLIENT_KIND, id, secret_id);
}

/* Makes room for the next secret: another one that was never used is the lost answer of an earlier rotation. */
static enum err make_room(struct act *act, const char *id, const char *secret_id) {
    struct client_rotation row;
    bool found = false;
    size_t deleted = 0;
    TRY(sql_client_find_rotation(&act->tx, &found, &row, .client = id, .secret = secret_id));
    if (!found) {
        return ERR_UNAUTHENTICATED;
    }
    if (row.other.or_null == NULL) {
        return ERR_NONE;
    }
    if (row.other_is_used) {
        return context_fail(act->context, ERR_CONFLICT,
                            "L’autre secret de ce programme sert encore : attendez sa fin, ou "
                            "retirez-le.");
    }
    return sql_client_delete_secret(&act->tx, &deleted, .secret = row.other.or_null, .client = id);
}

static const char *render_rotation(struct arena *arena, const struct new_secret *secret,
                                   const char *ends_at) {
    struct value *answer = credential_render_secret(arena, secret);
    value_set_text(arena, answer, "former_ends_at", ends_at);
    return json_text(arena, answer);
}

enum err client_rotate_secret(struct context *context, const char *secret_id,
                              const struct client_rotation_order *order) {
    const struct actor *actor = context->actor;
    const char *id = actor->client_id;
    const char *ends_at = NULL;
    struct credential_row row;
    struct new_secret secret;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(sql_client_lock(&act.tx, &row, .client = id, .account = actor->account_id));
    TRY(make_room(&act, id, secret_id));
    TRY(add_secret(context, &act.tx, id, order->expires_at, &secret));
    TRY(sql_client_end_secret(&act.tx, &ends_at, .secret = secret_id, .days = order->overlap_days));
    TRY(sql_client_touch(&act.tx, .client = id));
    const struct act_answer answer = {.status = 201,
                                      .json = render_rotation(context->arena, &secret, ends_at),
                                      .is_secret = true};
    return credential_commit_secret(&act, &CLIENT_KIND, "rotate_secret", &row, &answer);
}

enum err client_delete_expired(struct context *context) {
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE);
    return sql_client_delete_expired(&once);
}
