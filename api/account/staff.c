#include "account/staff.h"
#include "base/buf.h"
#include "core/act.h"
#include "core/typed.h"
#include "product/product.h"
#include "sql/account.h"
#include "sql/organisation.h"
#include <string.h>

enum { PRODUCTS_BYTES_MAX = 4096 };

enum err staff_check_role(struct context *context, enum role role, const char *product) {
    if (!role_is_of_product(role)) {
        if (product != NULL) {
            field_errors_add(context->errors, "/product", "not_allowed",
                             "Ce rôle vaut pour toute la plateforme : ne donnez pas de produit.");
        }
    } else if (product == NULL) {
        field_errors_add(context->errors, "/product", "required",
                         "Ce rôle vaut pour un produit : dites lequel.");
    } else if (products_find(context->services->products, product) == NULL) {
        field_errors_add(context->errors, "/product", "unknown_value",
                         "Aucun produit n’a cet identifiant.");
    }
    return field_errors_verdict(context->errors);
}

/* Administrators may grant and withdraw every role, managers those of reporter and instructor of their
 * product, the program itself (commands) every one. */
static enum err check_perimeter(struct context *context, const struct staff_change *change) {
    const struct actor *actor = context->actor;
    if (actor->kind == ACTOR_SYSTEM || actor_has_role(actor, ROLE_ADMIN, NULL)) {
        return ERR_NONE;
    }
    const bool is_minor = change->role == ROLE_REPORTER || change->role == ROLE_INSTRUCTOR;
    if (is_minor && actor_has_role(actor, ROLE_MANAGER, change->product)) {
        return ERR_NONE;
    }
    return context_fail(context, ERR_FORBIDDEN,
                        "Vous ne pouvez pas donner ni retirer ce rôle : un responsable le peut "
                        "pour les rapporteurs et instructeurs de son produit, un administrateur "
                        "pour tous.");
}

enum err staff_check_change(struct context *context, const struct staff_change *change) {
    TRY(staff_check_role(context, change->role, change->product));
    return check_perimeter(context, change);
}

/* The active account that has the address. Nobody changes their own roles. */
static enum err find_account(struct context *context, struct tx *tx,
                             const struct staff_change *change, struct account_row *out) {
    bool found = false;
    TRY(sql_account_find_by_email(tx, &found, out, .email_key = change->email_key));
    if (!found || !out->is_active) {
        field_errors_add(context->errors, "/email", "not_found",
                         "Aucun compte actif n’a cette adresse e-mail.");
        return ERR_INVALID;
    }
    if (context->actor->account_id != NULL && strcmp(context->actor->account_id, out->id) == 0) {
        return context_fail(context, ERR_FORBIDDEN,
                            "Personne ne change ses propres rôles : demandez à un collègue.");
    }
    return ERR_NONE;
}

static struct audit_event audit_of(const struct context *context, const char *action,
                                   const struct account_row *account,
                                   const struct staff_change *change) {
    struct value *detail = value_object(context->arena);
    value_set_text(context->arena, detail, "role", role_name(change->role));
    return (struct audit_event){.action = action,
                                .subject_type = "account",
                                .subject_id = account->id,
                                .product = change->product,
                                .detail = detail};
}

enum err staff_grant(struct context *context, const struct staff_change *change) {
    struct account_row account;
    struct act_answer answer = {.status = 201};
    bool granted = false;
    TRY(staff_check_change(context, change));
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(find_account(context, &act.tx, change, &account));
    TRY(sql_staff_grant(&act.tx, &granted, &answer.json, .account = account.id,
                        .role = role_name(change->role), .product = change->product,
                        .granted_by = context->actor->account_id));
    if (!granted) {
        return context_fail(context, ERR_CONFLICT, "Cette personne a déjà ce rôle.");
    }
    return act_commit(
        &act, &(struct act_outcome){.audit = audit_of(context, "staff.grant", &account, change),
                                    .answer = answer});
}

enum err staff_check_not_last_admin(struct context *context, struct tx *tx,
                                    const char *account_id) {
    bool is_last = false;
    TRY(sql_staff_is_last_admin(tx, &is_last, .account = account_id));
    return is_last ? context_fail(
                         context, ERR_CONFLICT,
                         "C’est le dernier compte administrateur : nommez-en un autre d’abord.")
                   : ERR_NONE;
}

enum err staff_withdraw(struct context *context, const struct staff_change *change) {
    struct account_row account;
    size_t withdrawn = 0;
    TRY(staff_check_change(context, change));
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(find_account(context, &act.tx, change, &account));
    if (change->role == ROLE_ADMIN) {
        TRY(staff_check_not_last_admin(context, &act.tx, account.id));
    }
    TRY(sql_staff_withdraw(&act.tx, &withdrawn, .account = account.id,
                           .role = role_name(change->role), .product = change->product));
    if (withdrawn == 0) {
        return context_fail(context, ERR_CONFLICT, "Cette personne n’a pas ce rôle.");
    }
    return act_commit(
        &act, &(struct act_outcome){.audit = audit_of(context, "staff.withdraw", &account, change),
                                    .answer = {.status = 204}});
}

/* The products where the actor has this role, as a PostgreSQL array; NULL: all of them. */
static const char *list_products(struct context *context, enum role role) {
    if (actor_has_role(context->actor, ROLE_ADMIN, NULL)) {
        return NULL;
    }
    struct buf list;
    buf_init(&list, context->arena, PRODUCTS_BYTES_MAX);
    buf_putc(&list, '{');
    for (size_t i = 0; i < context->actor->roles_count; i++) {
        const char *product = context->actor->roles[i].product;
        if (product != NULL && actor_has_role(context->actor, role, product)) {
            buf_printf(&list, "%s\"%s\"", list.length > 1 ? "," : "", product);
        }
    }
    buf_putc(&list, '}');
    return buf_text(&list);
}

enum err staff_list(struct context *context, const char *product, const char *role,
                    const struct page *page, const char **document) {
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ);
    return sql_staff_list(&once, document, .products = list_products(context, ROLE_REPORTER),
                          .product = product, .role = role, PAGE_TIME(page));
}

enum err staff_list_audit(struct context *context, const struct audit_filter *filter,
                          const struct page *page, const char **document) {
    const char *products = list_products(context, ROLE_MANAGER);
    if (products != NULL && strcmp(products, "{}") == 0) {
        return context_fail(context, ERR_FORBIDDEN,
                            "Le journal est ouvert aux responsables et aux administrateurs.");
    }
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ);
    return sql_audit_list(&once, document, .products = products, .actor = filter->actor_id,
                          .action = filter->action, .subject = filter->object_id,
                          .product = filter->product, .from = filter->from, .to = filter->to,
                          PAGE_NUMBER(page));
}

enum err staff_list_access(struct context *context, const struct access_filter *filter,
                           const struct page *page, const char **document) {
    if (!actor_has_role(context->actor, ROLE_ADMIN, NULL)) {
        return context_fail(context, ERR_FORBIDDEN,
                            "Le journal des consultations est ouvert aux administrateurs.");
    }
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ);
    const char *digests = NULL;
    if (filter->searched != NULL) {
        const struct derived_key *keys = NULL;
        TRY(derived_keys_find(&once, context->services->master_key, DERIVED_KEY_TYPED, &keys));
        digests = typed_digests(context->arena, keys, filter->searched);
    }
    return sql_access_log_list(
        &once, document, .account = filter->account, .client = filter->client_id,
        .request = filter->request, .object = filter->object_id, .action = filter->action,
        .digests = digests, .from = filter->from, .to = filter->to, PAGE_NUMBER(page));
}
