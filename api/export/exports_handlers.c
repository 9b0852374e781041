/* Exports that the worker makes, and their files. */
#include "base/clock.h"
#include "core/access_log.h"
#include "export/export.h"
#include "export/routes.h"
#include <string.h>

/* Staff that takes out what is not theirs: the list by its filters, or the calls of a token. */
static void record_look(const struct exchange *exchange, const struct export_order *order) {
    struct value *detail = value_object(exchange->arena);
    VALUE_EACH (member, order->filters) {
        value_set(detail, member.name, member.value);
    }
    if (order->kind != EXPORT_ACCOUNT && exchange->actor.roles_count > 0) {
        const bool is_calls = order->kind == EXPORT_CALLS;
        access_log_add(exchange->services->access_log,
                       &(struct look){.at_ms = clock_now_ms(),
                                      .actor_id = exchange->actor.account_id,
                                      .action = is_calls ? "calls.export" : "requests.export",
                                      .object_type = is_calls ? "token" : "list",
                                      .object_id = order->token_id,
                                      .detail = detail,
                                      .address = exchange->request.address});
    }
}

enum err handle_create_export(struct exchange *exchange) {
    struct export_order order;
    const char *running = NULL;
    TRY(export_order_read(exchange->arena, &exchange->errors, exchange->actor.account_id,
                          exchange->request.json, &order));
    const enum err err = export_create(&exchange->context, &order, &running);
    if (running != NULL) {
        response_header(exchange, "Location",
                        arena_printf(exchange->arena, "/v1/exports/%s", running));
    }
    TRY(err);
    record_look(exchange, &order);
    return response_answer(exchange);
}

enum err handle_list_exports(struct exchange *exchange) {
    struct page page;
    const char *document = NULL;
    if (!request_page_time(exchange, &page)) {
        return ERR_INVALID;
    }
    TRY(export_list(&exchange->context, &page, &document));
    return response_json(exchange, 200, document);
}

enum err handle_get_export(struct exchange *exchange) {
    const char *id = NULL;
    const char *document = NULL;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(export_read(&exchange->context, id, &document));
    return response_json(exchange, 200, document);
}

enum err handle_delete_export(struct exchange *exchange) {
    const char *id = NULL;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(export_delete(&exchange->context, id));
    return response_answer(exchange);
}

static enum stream_step write_piece(void *state, struct buf *out) {
    bool is_over = false;
    ARENA_AUTO(arena);
    if (export_next_piece(state, &arena, out, &is_over) != ERR_NONE) {
        return STREAM_FAILS;
    }
    return is_over ? STREAM_ENDS : STREAM_CONTINUES;
}

enum err handle_get_export_file(struct exchange *exchange) {
    const char *id = NULL;
    struct export_file *file = ARENA_NEW(exchange->arena, struct export_file);
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(export_open(&exchange->context, id, file));
    response_header(exchange, "Content-Disposition",
                    arena_printf(exchange->arena, "attachment; filename=\"%s\"", file->name));
    response_header(exchange, "Content-Security-Policy", "default-src 'none'; sandbox");
    return response_stream_start(exchange,
                                 file->as_json ? "application/json" : "text/csv; charset=utf-8",
                                 write_piece, file, NULL);
}
