#include "request/statistics.h"

static enum err ask(struct context *context, const struct sql *sql, const char **document) {
    struct rows *rows = NULL;
    TRY(pool_run(context->services->read_pool, context->arena, IDENTITY_SYSTEM, TX_READ, sql, NULL,
                 0, &rows));
    *document = rows_text(rows, 0, "document");
    return ERR_NONE;
}

enum err statistics_show(struct context *context, const char **document) {
    return ask(context, &SQL_STATISTICS_FIND, document);
}

enum err statistics_list_open_data(struct context *context, const char **csv) {
    return ask(context, &SQL_STATISTICS_LIST_OPEN_DATA, csv);
}
