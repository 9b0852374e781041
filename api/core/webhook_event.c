#include "core/webhook_event.h"
#include "sql/core.h"

enum err webhook_event_add(struct tx *tx, const char *event, const char *request_id) {
    return sql_webhook_event_add(tx, .event = event, .request = request_id);
}
