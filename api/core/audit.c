#include "core/audit.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "core/audit_mac.h"
#include "sql/core.h"
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { ROWS_AT_ONCE = 500, ADDRESSES_AT_ONCE = 10000 };

static _Atomic uint64_t written_count;

uint64_t audit_written_count(void) {
    return atomic_load(&written_count);
}

void audit_note_written(void) {
    atomic_fetch_add(&written_count, 1);
}

void audit_tag(struct arena *arena, const struct seal_key *master, struct value *row) {
    char nonce[UUID_TEXT_BYTES];
    const struct derived_key key = derived_key_of(arena, master, DERIVED_KEY_AUDIT);
    text_new_uuid(nonce);
    value_set_text(arena, row, "nonce", nonce);
    const char *content = audit_content(arena, row, audit_address_mac(arena, &key, row, 0));
    value_set_text(arena, row, "tag", audit_tag_of(arena, &key, content));
}

enum err audit_state(struct pool *pool, struct arena *arena, struct audit_state *state) {
    struct audit_chain_head head;
    struct tx once = tx_once(pool, arena, IDENTITY_SYSTEM, TX_READ);
    *state = (struct audit_state){0};
    TRY(sql_audit_seal_head(&once, &head));
    state->waits_s = head.waits_s;
    if (head.place > 0) {
        (void)snprintf(state->head, sizeof state->head, "%lld:%s", (long long)head.place, head.mac);
    }
    return ERR_NONE;
}

enum err audit_forget_addresses(struct context *context) {
    size_t count = ADDRESSES_AT_ONCE;
    while (count == ADDRESSES_AT_ONCE) {
        struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_LONG);
        TRY(sql_audit_forget_addresses(&once, &count,
                                       .months = context->services->config->address_months,
                                       .limit = ADDRESSES_AT_ONCE));
    }
    return ERR_NONE;
}

/* What a batch adds. */
struct sealing {
    struct arena *arena;
    const struct derived_key *keys; /* the first one seals */
    struct audit_chain_head head;   /* of the last seal, moved on by each new one */
    struct value *seals;
    struct buf refused; /* an array of PostgreSQL */
};

static bool is_to_be_sealed(const struct sealing *sealing, const struct audit_record *record,
                            const struct value *row, const char **address_mac) {
    if (record->tag.or_null != NULL) {
        return audit_is_ours(sealing->arena, sealing->keys, record, row, address_mac);
    }
    *address_mac = audit_address_mac(sealing->arena, sealing->keys, row, record->audit_id);
    return audit_may_be_untagged(nullable_int_or(sealing->head.first_sealed_us, 0),
                                 sealing->head.now_us);
}

static void add_seal(struct sealing *sealing, struct audit_record *record, const struct value *row,
                     const char *address_mac) {
    struct arena *arena = sealing->arena;
    struct value *seal = value_object(arena);
    record->place = ++sealing->head.place;
    record->sealed_us = sealing->head.now_us;
    const char *content = audit_content(arena, row, address_mac);
    sealing->head.mac = audit_seal_mac(arena, sealing->keys, record, content, sealing->head.mac);
    value_set(seal, "place", value_integer(arena, record->place));
    value_set(seal, "audit_id", value_integer(arena, record->audit_id));
    value_set_text(arena, seal, "key_id", sealing->keys->id);
    value_set_text(arena, seal, "address_mac", address_mac);
    value_set_text(arena, seal, "mac", sealing->head.mac);
    value_push(sealing->seals, seal);
}

static void refuse(struct sealing *sealing, const struct audit_record *record) {
    log_error(LOG_AUDIT_REFUSED, LOG_NUMBER("row", record->audit_id));
    buf_printf(&sealing->refused, "%s%lld", sealing->refused.length > 1 ? "," : "",
               (long long)record->audit_id);
}

static void seal_record(struct sealing *sealing, struct audit_record *record) {
    struct value *row = NULL;
    const char *address_mac = NULL;
    const char *text = record->row.or_null == NULL ? "" : record->row.or_null;
    if (json_parse(sealing->arena, text, strlen(text), &row, NULL) == ERR_NONE &&
        is_to_be_sealed(sealing, record, row, &address_mac)) {
        add_seal(sealing, record, row, address_mac);
    } else {
        refuse(sealing, record);
    }
}

enum err audit_seal(const struct services *services, struct arena *arena, bool *has_more) {
    bool is_mine = false;
    struct audit_record *records = NULL;
    size_t count = 0;
    struct sealing sealing = {.arena = arena, .seals = value_array(arena)};
    *has_more = false;
    TX_AUTO(tx);
    TRY(tx_begin(services->pool, arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(sql_audit_seal_lock(&tx, &is_mine));
    if (!is_mine) {
        return ERR_NONE;
    }
    TRY(sql_audit_seal_head(&tx,
                            &sealing.head)); /* after the lock: sees what its last owner wrote */
    TRY(sql_audit_list_unsealed(&tx, &records, &count, .after = INT64_MIN, .limit = ROWS_AT_ONCE));
    if (count == 0) {
        return ERR_NONE;
    }
    TRY(derived_keys_find(&tx, services->master_key, DERIVED_KEY_AUDIT, &sealing.keys));
    buf_init(&sealing.refused, arena, SIZE_MAX / 2);
    buf_putc(&sealing.refused, '{');
    for (size_t i = 0; i < count; i++) {
        seal_record(&sealing, &records[i]);
    }
    buf_putc(&sealing.refused, '}');
    tx_commit_with_next(&tx);
    TRY(sql_audit_seal_add(&tx, .seals = json_text(arena, sealing.seals),
                           .refused = buf_text(&sealing.refused),
                           .sealed_us = sealing.head.now_us));
    *has_more = count == ROWS_AT_ONCE;
    return ERR_NONE;
}
