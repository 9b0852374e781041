#include "request/instruction.h"
#include "base/json.h"
#include "base/text.h"
#include "core/act.h"
#include "product/product.h"
#include "sql/request.h"

/* Anyone who reads the requests of a product reads its templates. */
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
    TRY(check_reader(context, product));
    struct tx once = tx_once(context->services->pool, context->arena, &identity, TX_READ);
    return sql_decision_template_list(&once, document, .product = product, .outcome = outcome,
                                      PAGE_KEY(page));
}

static struct audit_event audit_of(const char *action, const char *product, const char *id) {
    return (struct audit_event){.action = action,
                                .subject_type = "decision_template",
                                .subject_id = id,
                                .product = product};
}

static enum err explain(struct context *context, enum err err) {
    return err == ERR_CONFLICT
               ? context_fail(context, err, "Un modèle de ce nom existe déjà pour cette décision.")
               : err;
}

enum err decision_template_create(struct context *context, const char *product,
                                  const struct decision_template *input) {
    struct decision_template_row row;
    TRY(check_manager(context, product));
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(explain(context, sql_decision_template_add(&act.tx, &row, .product = product,
                                                   .outcome = input->outcome, .name = input->name,
                                                   .body = input->body,
                                                   .account = context->actor->account_id)));
    return act_commit(&act,
                      &(struct act_outcome){
                          .audit = audit_of("decision_template.create", product, row.id),
                          .answer = {.status = 201, .json = row.document, .version = row.version}});
}

enum err decision_template_update(struct context *context, const char *product, const char *id,
                                  int64_t expected_version, const struct decision_template *input) {
    struct decision_template_row row;
    int64_t version = 0;
    TRY(check_manager(context, product));
    if (!text_is_uuid(id)) {
        return ERR_NOT_FOUND;
    }
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(sql_decision_template_lock(&act.tx, &version, .product = product, .template = id));
    if (expected_version >= 0 && expected_version != version) {
        return ERR_STALE;
    }
    TRY(explain(context, sql_decision_template_update(&act.tx, &row, .template = id,
                                                      .outcome = input->outcome,
                                                      .name = input->name, .body = input->body,
                                                      .account = context->actor->account_id)));
    return act_commit(&act,
                      &(struct act_outcome){
                          .audit = audit_of("decision_template.update", product, id),
                          .answer = {.status = 200, .json = row.document, .version = row.version}});
}

enum err decision_template_delete(struct context *context, const char *product, const char *id) {
    size_t deleted = 0;
    TRY(check_manager(context, product));
    if (!text_is_uuid(id)) {
        return ERR_NOT_FOUND;
    }
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(sql_decision_template_delete(&act.tx, &deleted, .product = product, .template = id));
    if (deleted == 0) {
        return ERR_NOT_FOUND;
    }
    return act_commit(
        &act, &(struct act_outcome){.audit = audit_of("decision_template.delete", product, id),
                                    .answer = {.status = 204}});
}

enum err saved_filter_list(struct context *context, const struct page *page,
                           const char **document) {
    const struct identity identity = context_identity(context);
    struct tx once = tx_once(context->services->pool, context->arena, &identity, TX_READ);
    return sql_saved_filter_list(&once, document, .account = context->actor->account_id,
                                 PAGE_KEY(page));
}

enum err saved_filter_create(struct context *context, const char *name, const struct value *query) {
    struct act_answer answer = {.status = 201};
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    const enum err err =
        sql_saved_filter_add(&act.tx, &answer.json, .account = context->actor->account_id,
                             .name = name, .query = json_text(context->arena, query));
    if (err == ERR_CONFLICT) {
        return context_fail(context, err, "Vous avez déjà un filtre de ce nom.");
    }
    TRY(err);
    return act_commit(&act, &(struct act_outcome){.answer = answer});
}

enum err saved_filter_delete(struct context *context, const char *id) {
    const struct identity identity = context_identity(context);
    size_t deleted = 0;
    if (!text_is_uuid(id)) {
        return ERR_NOT_FOUND;
    }
    struct tx once = tx_once(context->services->pool, context->arena, &identity, TX_WRITE);
    TRY(sql_saved_filter_delete(&once, &deleted, .account = context->actor->account_id,
                                .filter = id));
    return deleted == 0 ? ERR_NOT_FOUND : ERR_NONE;
}
