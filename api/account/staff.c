#include "account/staff.h"
#include "base/buf.h"
#include "core/audit_event.h"
#include "core/idempotency.h"
#include "core/outbox.h"
#include "product/product.h"
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

/* Within one's perimeter. */
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

static enum err find_person(struct context *context, struct tx *tx,
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

static enum err record(const struct context *context, struct tx *tx, const char *action,
                       const struct account_row *account, const struct staff_change *change) {
    struct value *detail = value_object(tx->arena);
    value_set_text(tx->arena, detail, "role", role_name(change->role));
    return audit_event_add(context, tx,
                           &(struct audit_event){.action = action,
                                                 .subject_type = "account",
                                                 .subject_id = account->id,
                                                 .product = change->product,
                                                 .detail = detail});
}

enum err staff_grant(struct context *context, const struct staff_change *change,
                     const char **document) {
    struct account_row account;
    struct rows *rows = NULL;
    TRY(staff_check_role(context, change->role, change->product));
    TRY(check_perimeter(context, change));
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(find_person(context, &tx, change, &account));
    TRY(tx_query(&tx, &SQL_STAFF_GRANT, &rows, P_TEXT(account.id), P_TEXT(role_name(change->role)),
                 P_TEXT(change->product), P_TEXT(context->actor->account_id)));
    if (rows->count == 0) {
        return context_fail(context, ERR_CONFLICT, "Cette personne a déjà ce rôle.");
    }
    *document = rows_text(rows, 0, "document");
    TRY(idempotency_mark(&tx, context->idempotency));
    TRY(record(context, &tx, "staff.grant", &account, change));
    return tx_commit(&tx);
}

static enum err list_admins(struct tx *tx, const char *account_id, size_t *count, bool *is_one) {
    struct rows *rows = NULL;
    TRY(tx_query_plain(tx, &SQL_STAFF_LOCK_ADMINS, &rows));
    *count = rows->count;
    *is_one = false;
    for (size_t i = 0; i < rows->count; i++) {
        *is_one = *is_one || strcmp(rows_text(rows, i, "account_id"), account_id) == 0;
    }
    return ERR_NONE;
}

enum err staff_check_not_last_admin(struct context *context, struct tx *tx,
                                    const char *account_id) {
    size_t count = 0;
    bool is_one = false;
    TRY(list_admins(tx, account_id, &count, &is_one));
    return is_one && count == 1
               ? context_fail(
                     context, ERR_CONFLICT,
                     "C’est le dernier compte administrateur : nommez-en un autre d’abord.")
               : ERR_NONE;
}

enum err staff_withdraw(struct context *context, const struct staff_change *change) {
    struct account_row account;
    struct rows *rows = NULL;
    TRY(staff_check_role(context, change->role, change->product));
    TRY(check_perimeter(context, change));
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(find_person(context, &tx, change, &account));
    if (change->role == ROLE_ADMIN) {
        TRY(staff_check_not_last_admin(context, &tx, account.id));
    }
    TRY(tx_query(&tx, &SQL_STAFF_WITHDRAW, &rows, P_TEXT(account.id),
                 P_TEXT(role_name(change->role)), P_TEXT(change->product)));
    if (rows->affected == 0) {
        return context_fail(context, ERR_CONFLICT, "Cette personne n’a pas ce rôle.");
    }
    TRY(record(context, &tx, "staff.withdraw", &account, change));
    return tx_commit(&tx);
}

/* The products where the actor has this role, as an array of PostgreSQL; NULL: all of them. */
static const char *products_seen(struct context *context, enum role role) {
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
    struct rows *rows = NULL;
    TRY(pool_query(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ,
                   &SQL_STAFF_LIST, &rows, P_TEXT(products_seen(context, ROLE_REPORTER)),
                   P_TEXT(product), P_TEXT(role), P_PAGE_TIME(page)));
    *document = rows_text(rows, 0, "document");
    return ERR_NONE;
}

enum err staff_list_audit(struct context *context, const struct audit_filter *filter,
                          const struct page *page, const char **document) {
    const char *products = products_seen(context, ROLE_MANAGER);
    struct rows *rows = NULL;
    if (products != NULL && strcmp(products, "{}") == 0) {
        return context_fail(context, ERR_FORBIDDEN,
                            "Le journal est ouvert aux responsables et aux administrateurs.");
    }
    TRY(pool_query(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ,
                   &SQL_AUDIT_LIST, &rows, P_TEXT(products), P_TEXT(filter->actor_id),
                   P_TEXT(filter->action), P_TEXT(filter->object_id), P_TEXT(filter->product),
                   P_TEXT(filter->from), P_TEXT(filter->to), P_PAGE_KEY(page)));
    *document = rows_text(rows, 0, "document");
    return ERR_NONE;
}
