#include "core/audit.h"
#include "base/json.h"

enum err audit_add(struct tx *tx, const struct audit_entry *entry) {
    return tx_query(tx, &SQL_AUDIT_ADD, NULL, P_TEXT(entry->actor_kind), P_TEXT(entry->actor_id),
                    P_TEXT(entry->action), P_TEXT(entry->subject_type), P_TEXT(entry->subject_id),
                    P_TEXT(entry->product), P_TEXT(entry->siret),
                    P_TEXT(entry->detail != NULL ? json_text(tx->arena, entry->detail) : NULL),
                    P_TEXT(entry->address), P_TEXT(entry->request_id));
}

enum err audit_verify(struct pool *pool, struct arena *arena, const char ***ids, size_t *count) {
    struct rows *rows = NULL;
    TRY(pool_run(pool, arena, IDENTITY_SYSTEM, TX_LONG, &SQL_AUDIT_VERIFY, NULL, 0, &rows));
    *count = rows->count;
    *ids = ARENA_ARRAY(arena, const char *, rows->count);
    for (size_t i = 0; i < rows->count; i++) {
        (*ids)[i] = rows_text(rows, i, "id");
    }
    return ERR_NONE;
}
