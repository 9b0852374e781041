#include "export/export_source.h"

enum err export_source_check(struct context *context, const struct export_order *order) {
    switch (order->kind) {
    case EXPORT_REQUESTS:
        return request_export_check(context);
    case EXPORT_CALLS:
        return usage_check_export(context, order->token_id);
    case EXPORT_ACCOUNT:
        break;
    }
    return ERR_NONE;
}

void export_source_start(struct context *context, const struct export_order *order,
                         struct export_source *out) {
    *out = (struct export_source){.services = context->services, .order = order};
    switch (order->kind) {
    case EXPORT_REQUESTS:
        out->at.requests = (struct request_export){.identity = context_identity(context),
                                                   .filter = order->requests,
                                                   .as_json = order->as_json};
        break;
    case EXPORT_CALLS:
        out->at.calls = (struct usage_export){
            .token_id = order->token_id, .filter = order->calls, .as_json = order->as_json};
        break;
    case EXPORT_ACCOUNT:
        out->at.account = (struct account_export){.account_id = context->actor->account_id};
        break;
    }
}

enum err export_source_next(struct export_source *source, struct arena *arena, struct buf *out,
                            int64_t *rows, bool *is_over) {
    *rows = 0;
    switch (source->order->kind) {
    case EXPORT_REQUESTS:
        return request_export_next(source->services, arena, &source->at.requests, out, rows,
                                   is_over);
    case EXPORT_CALLS:
        return usage_export_next(source->services, arena, &source->at.calls, out, rows, is_over);
    case EXPORT_ACCOUNT:
        break;
    }
    return account_export_next(source->services, arena, &source->at.account, out, is_over);
}
