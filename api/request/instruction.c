#include "request/instruction.h"
#include "base/json.h"
#include "base/text.h"
#include "core/audit_event.h"
#include "core/idempotency.h"
#include "product/product.h"

/* Whoever reads the requests of a product reads its templates; its managers write them. */
static enum err check_reader(struct context *context, const char *product) {
    if (products_find(context->services->products, product) == NULL) {
        return ERR_NOT_FOUND;
    }
    return actor_has_role(context->actor, ROLE_REPORTER, product) ||
                   actor_has_role(context->actor, ROLE_ADMIN, NULL)
               ? ERR_NONE
               : context_fail(context, ERR_FORBIDDEN,
                              "Les modèles sont réservés à l’instruction du produit.");
}

static enum err check_manager(struct context *context, const char *product) {
    if (products_find(context->services->products, product) == NULL) {
        return ERR_NOT_FOUND;
    }
    return actor_has_role(context->actor, ROLE_MANAGER, product)
               ? ERR_NONE
               : context_fail(context, ERR_FORBIDDEN,
                              "Les modèles sont modifiés par les responsables du produit.");
}

enum err decision_template_list(struct context *context, const char *product, const char *outcome,
                                const struct page *page, const char **document) {
    const struct identity identity = context_identity(context);
    struct rows *rows = NULL;
    TRY(check_reader(context, product));
    TRY(pool_query(context->services->pool, context->arena, &identity, TX_READ,
                   &SQL_DECISION_TEMPLATE_LIST, &rows, P_TEXT(product), P_TEXT(outcome),
                   P_PAGE_KEY(page)));
    *document = rows_text(rows, 0, "document");
    return ERR_NONE;
}

static enum err commit(struct context *context, struct tx *tx, const char *action,
                       const char *product, const char *id) {
    const struct audit_event record = {.action = action,
                                       .subject_type = "decision_template",
                                       .subject_id = id,
                                       .product = product};
    TRY(idempotency_mark(tx, context->idempotency));
    TRY(audit_event_add(context, tx, &record));
    return tx_commit(tx);
}

static enum err explain(struct context *context, enum err err) {
    return err == ERR_CONFLICT
               ? context_fail(context, err, "Un modèle de ce nom existe déjà pour cette décision.")
               : err;
}

enum err decision_template_create(struct context *context, const char *product,
                                  const struct decision_template *input, const char **document,
                                  int64_t *version) {
    const struct identity identity = context_identity(context);
    struct rows *rows = NULL;
    TRY(check_manager(context, product));
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_WRITE, &tx));
    TRY(explain(context, tx_query(&tx, &SQL_DECISION_TEMPLATE_ADD, &rows, P_TEXT(product),
                                  P_TEXT(input->outcome), P_TEXT(input->name), P_TEXT(input->body),
                                  P_TEXT(context->actor->account_id))));
    *document = rows_text(rows, 0, "document");
    *version = rows_integer(rows, 0, "version", 1);
    return commit(context, &tx, "decision_template.create", product, rows_text(rows, 0, "id"));
}

enum err decision_template_update(struct context *context, const char *product, const char *id,
                                  int64_t expected_version, const struct decision_template *input,
                                  const char **document, int64_t *version) {
    const struct identity identity = context_identity(context);
    struct rows *rows = NULL;
    TRY(check_manager(context, product));
    if (!text_is_uuid(id)) {
        return ERR_NOT_FOUND;
    }
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_WRITE, &tx));
    TRY(tx_query(&tx, &SQL_DECISION_TEMPLATE_LOCK, &rows, P_TEXT(product), P_TEXT(id)));
    if (rows->count == 0) {
        return ERR_NOT_FOUND;
    }
    if (expected_version >= 0 && rows_integer(rows, 0, "version", 0) != expected_version) {
        return ERR_STALE;
    }
    TRY(explain(context, tx_query(&tx, &SQL_DECISION_TEMPLATE_UPDATE, &rows, P_TEXT(id),
                                  P_TEXT(input->outcome), P_TEXT(input->name), P_TEXT(input->body),
                                  P_TEXT(context->actor->account_id))));
    *document = rows_text(rows, 0, "document");
    *version = rows_integer(rows, 0, "version", 1);
    return commit(context, &tx, "decision_template.update", product, id);
}

enum err decision_template_delete(struct context *context, const char *product, const char *id) {
    const struct identity identity = context_identity(context);
    struct rows *rows = NULL;
    TRY(check_manager(context, product));
    if (!text_is_uuid(id)) {
        return ERR_NOT_FOUND;
    }
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_WRITE, &tx));
    TRY(tx_query(&tx, &SQL_DECISION_TEMPLATE_DELETE, &rows, P_TEXT(product), P_TEXT(id)));
    if (rows->count == 0) {
        return ERR_NOT_FOUND;
    }
    return commit(context, &tx, "decision_template.delete", product, id);
}

enum err saved_filter_list(struct context *context, const struct page *page,
                           const char **document) {
    const struct identity identity = context_identity(context);
    struct rows *rows = NULL;
    TRY(pool_query(context->services->pool, context->arena, &identity, TX_READ,
                   &SQL_SAVED_FILTER_LIST, &rows, P_TEXT(context->actor->account_id),
                   P_PAGE_KEY(page)));
    *document = rows_text(rows, 0, "document");
    return ERR_NONE;
}

enum err saved_filter_create(struct context *context, const char *name, const struct value *query,
                             const char **document) {
    const struct identity identity = context_identity(context);
    struct rows *rows = NULL;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_WRITE, &tx));
    const enum err err =
        tx_query(&tx, &SQL_SAVED_FILTER_ADD, &rows, P_TEXT(context->actor->account_id),
                 P_TEXT(name), P_TEXT(json_text(context->arena, query)));
    if (err == ERR_CONFLICT) {
        return context_fail(context, err, "Vous avez déjà un filtre de ce nom.");
    }
    TRY(err);
    *document = rows_text(rows, 0, "document");
    TRY(idempotency_mark(&tx, context->idempotency));
    return tx_commit(&tx);
}

enum err saved_filter_delete(struct context *context, const char *id) {
    const struct identity identity = context_identity(context);
    struct rows *rows = NULL;
    if (!text_is_uuid(id)) {
        return ERR_NOT_FOUND;
    }
    TRY(pool_query(context->services->pool, context->arena, &identity, TX_WRITE,
                   &SQL_SAVED_FILTER_DELETE, &rows, P_TEXT(context->actor->account_id),
                   P_TEXT(id)));
    return rows->count == 0 ? ERR_NOT_FOUND : ERR_NONE;
}
