#include "core/outbox.h"
#include "base/json.h"
#include "sql/core.h"

enum err outbox_add(struct tx *tx, const char *template, const char *recipient,
                    const char *account_id, const struct value *data) {
    return sql_outbox_add(tx, .template = template, .recipient = recipient, .account = account_id,
                          .data = json_text(tx->arena, data));
}
