#include "core/audit.h"
#include "base/json.h"
#include "sql/core.h"

enum err audit_add(struct tx *tx, const struct audit_entry *entry) {
    return sql_audit_add(
        tx, .actor_kind = entry->actor_kind, .actor = entry->actor_id, .action = entry->action,
        .subject_type = entry->subject_type, .subject = entry->subject_id,
        .product = entry->product, .siret = entry->siret,
        .detail = entry->detail == NULL ? NULL : json_text(tx->arena, entry->detail),
        .address = entry->address, .request = entry->request_id);
}
