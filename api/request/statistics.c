#include "request/statistics.h"
#include "sql/request.h"

/* As the program itself: the figures count what no single person sees. */
static struct tx read_once(struct context *context) {
    return tx_once(context->services->read_pool, context->arena, IDENTITY_SYSTEM, TX_READ);
}

enum err statistics_show(struct context *context, const char **document) {
    struct tx once = read_once(context);
    return sql_statistics_find(&once, document);
}

enum err statistics_list_open_data(struct context *context, const char **csv) {
    struct tx once = read_once(context);
    return sql_statistics_list_open_data(&once, csv);
}
