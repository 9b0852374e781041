#include "request/routes.h"
#include "request/statistics.h"
#include <string.h>

enum err handle_get_statistics(struct exchange *exchange) {
    const char *document = NULL;
    TRY(statistics_show(&exchange->context, &document));
    return response_json(exchange, 200, document);
}

enum err handle_get_open_data(struct exchange *exchange) {
    const char *csv = NULL;
    TRY(statistics_list_open_data(&exchange->context, &csv));
    return response_file(exchange, "text/csv; charset=utf-8", "habilitations.csv", csv,
                         strlen(csv));
}
