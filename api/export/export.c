#include "export/export.h"
#include "base/json.h"
#include "core/act.h"
#include "core/job.h"
#include "export/export_seal.h"
#include "export/export_source.h"
#include "security/seal.h"
#include "sql/export.h"
#include <string.h>

enum { KEPT_MAX = 5, DELETED_AT_ONCE = 20 };

static struct audit_event audit_of(const struct context *context, const char *action,
                                   const char *id, const struct export_order *order) {
    struct value *detail = value_object(context->arena);
    if (order != NULL) {
        value_set_text(context->arena, detail, "kind", export_order_kind(order));
        value_set_text(context->arena, detail, "format", export_order_format(order));
    }
    return (struct audit_event){
        .action = action, .subject_type = "export", .subject_id = id, .detail = detail};
}

static enum err add_row(struct context *context, struct tx *tx, const struct export_order *order,
                        struct export_created *row) {
    const char *filters = order->filters == NULL ? "{}" : json_text(context->arena, order->filters);
    TRY(sql_export_create(tx, row, .account = context->actor->account_id,
                          .kind = export_order_kind(order), .format = export_order_format(order),
                          .token = order->token_id, .filters = filters,
                          .hours = context->services->config->export_hours));
    TRY(sql_export_delete_surplus(tx, .account = context->actor->account_id, .kept = KEPT_MAX));
    struct value *payload = value_object(context->arena);
    value_set_text(context->arena, payload, "export", row->id);
    return job_add(tx, "make_export", row->id, payload, 0);
}

static enum err find_running(struct context *context, const char **running) {
    bool found = false;
    const struct identity identity = context_identity(context);
    struct tx once = tx_once(context->services->pool, context->arena, &identity, TX_READ);
    TRY(sql_export_find_running(&once, &found, running, .account = context->actor->account_id));
    *running = found ? *running : NULL;
    return context_fail(context, ERR_CONFLICT,
                        "Un de vos exports est en préparation : attendez qu’il soit prêt, ou "
                        "supprimez-le.");
}

static enum err create(struct context *context, const struct export_order *order) {
    struct export_created row;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(add_row(context, &act.tx, order, &row));
    return act_commit(
        &act, &(struct act_outcome){
                  .audit = audit_of(context, "export.create", row.id, order),
                  .answer = {.status = 202,
                             .json = row.document,
                             .location = arena_printf(context->arena, "/v1/exports/%s", row.id)}});
}

enum err export_create(struct context *context, const struct export_order *order,
                       const char **running) {
    *running = NULL;
    TRY(export_source_check(context, order));
    const enum err err = create(context, order);
    return err == ERR_CONFLICT && !context->is_replayed ? find_running(context, running) : err;
}

enum err export_list(struct context *context, const struct page *page, const char **document) {
    const struct identity identity = context_identity(context);
    struct tx once = tx_once(context->services->pool, context->arena, &identity, TX_READ);
    return sql_export_list(&once, document, .account = context->actor->account_id, PAGE_TIME(page));
}

static enum err find(struct context *context, const char *id, struct export_row *row) {
    const struct identity identity = context_identity(context);
    struct tx once = tx_once(context->services->pool, context->arena, &identity, TX_READ);
    return sql_export_find(&once, row, .export = id, .account = context->actor->account_id);
}

enum err export_read(struct context *context, const char *id, const char **document) {
    struct export_row row;
    TRY(find(context, id, &row));
    *document = row.document;
    return ERR_NONE;
}

enum err export_delete(struct context *context, const char *id) {
    size_t deleted = 0;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(sql_export_delete(&act.tx, &deleted, .export = id, .account = context->actor->account_id));
    if (deleted == 0) {
        return ERR_NOT_FOUND;
    }
    return act_commit(&act,
                      &(struct act_outcome){.audit = audit_of(context, "export.delete", id, NULL),
                                            .answer = {.status = 204}});
}

/* The order that a row was made from; its filters were checked when it came. */
static enum err order_of(struct context *context, const struct export_row *row,
                         struct export_order *order) {
    struct arena *arena = context->arena;
    struct value *filters = NULL;
    struct value *body = value_object(arena);
    TRY(json_parse(arena, row->filters, strlen(row->filters), &filters, NULL));
    value_set_text(arena, body, "kind", row->kind);
    value_set_text(arena, body, "format", row->format);
    value_set(body, "filters", filters);
    if (row->token_id.or_null != NULL) {
        value_set_text(arena, body, "token_id", row->token_id.or_null);
    }
    return export_order_read(arena, context->errors, context->actor->account_id, body, order);
}

/* ERR_FORBIDDEN where the roles that count are others than while it was made. */
static enum err check_roles(struct context *context, const struct export_row *row) {
    struct export_actor actor;
    bool found = false;
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_export_find_actor(&once, &found, &actor, .account = context->actor->account_id));
    const char *roles = actor.roles.or_null == NULL ? "" : actor.roles.or_null;
    return found && row->rights.or_null != NULL && strcmp(roles, row->rights.or_null) == 0
               ? ERR_NONE
               : context_fail(context, ERR_FORBIDDEN,
                              "Vos rôles ont changé depuis cet export : demandez-en un autre.");
}

enum err export_open(struct context *context, const char *id, struct export_file *out) {
    struct export_row row;
    struct export_order order;
    TRY(find(context, id, &row));
    if (strcmp(row.state, "ready") != 0) {
        return context_fail(context, ERR_CONFLICT, "Cet export n’est pas prêt.");
    }
    TRY(order_of(context, &row, &order));
    TRY(check_roles(context, &row));
    TRY(export_source_check(context, &order));
    *out = (struct export_file){.services = context->services,
                                .account_id = context->actor->account_id,
                                .id = row.id,
                                .name = export_order_file_name(&order),
                                .as_json = order.as_json};
    return ERR_NONE;
}

enum err export_next_piece(struct export_file *file, struct arena *arena, struct buf *out,
                           bool *is_over) {
    const struct identity identity = {.account_id = file->account_id};
    const char *sealed = NULL;
    unsigned char *bytes = NULL;
    size_t length = 0;
    bool found = false;
    struct tx once = tx_once(file->services->pool, arena, &identity, TX_READ);
    TRY(sql_export_chunk_find(&once, &found, &sealed, .export = file->id,
                              .account = file->account_id, .place = file->place));
    *is_over = !found;
    if (!found) {
        return ERR_NONE;
    }
    TRY(seal_open(arena, file->services->master_key,
                  export_seal_context(arena, file->id, file->place), sealed, &bytes, &length));
    buf_append(out, bytes, length);
    file->place++;
    return ERR_NONE;
}

enum err export_delete_expired(struct context *context) {
    size_t deleted = DELETED_AT_ONCE;
    while (deleted == DELETED_AT_ONCE) {
        struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_LONG);
        TRY(sql_export_delete_expired(&once, &deleted, .limit = DELETED_AT_ONCE));
    }
    return ERR_NONE;
}
