#ifndef GUICHET_EXPORT_EXPORT_SOURCE_H
#define GUICHET_EXPORT_EXPORT_SOURCE_H
/* The content of an export, part by part. One thread uses a source. */
#include "account/account.h"
#include "base/buf.h"
#include "core/context.h"
#include "export/export_order.h"

struct export_source {
    const struct services *services;
    const struct export_order *order; /* borrowed */
    union {
        struct request_export requests;
        struct usage_export calls;
        struct account_export account;
    } at;
};

/* Whether the context's actor may have this export now; failures are those of the list itself. */
MUST_CHECK enum err export_source_check(struct context *context, const struct export_order *order);
/* Begins. Requires: export_source_check said yes. */
void export_source_start(struct context *context, const struct export_order *order,
                         struct export_source *out);
/* Appends the next part to `out`; `*rows`: how many rows it has; `*is_over` after the last. */
MUST_CHECK enum err export_source_next(struct export_source *source, struct arena *arena,
                                       struct buf *out, int64_t *rows, bool *is_over);

#endif
