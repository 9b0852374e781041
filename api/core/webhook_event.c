#include "core/webhook_event.h"

enum err webhook_event_add(struct tx *tx, const char *event, const char *request_id) {
    return tx_query(tx, &SQL_WEBHOOK_EVENT_ADD, NULL, P_TEXT(event), P_TEXT(request_id));
}
