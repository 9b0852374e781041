#include "core/audit_mac.h"
#include "base/json.h"
#include "security/hmac.h"
#include "security/token_hash.h"
#include "sql/core.h"

static const int64_t UNTAGGED_US = INT64_C(86400) * 1000 * 1000;

/* In the order of the content. */
static const char *const TEXTS[] = {"nonce",   "actor_kind",   "actor_id",
                                    "action",  "subject_type", "subject_id",
                                    "product", "siret",        "request_id"};

const char *audit_address_mac(struct arena *arena, const struct derived_key *key,
                              const struct value *row, int64_t audit_id) {
    const char *address = value_get_text(row, "address");
    const char *nonce = value_get_text(row, "nonce");
    if (address == NULL) {
        return NULL;
    }
    const char *whose = nonce == NULL ? arena_printf(arena, "%lld", (long long)audit_id) : nonce;
    return hmac_sha256_keyed(arena, &key->key,
                             arena_printf(arena, "address\n%s\n%s", whose, address));
}

const char *audit_content(struct arena *arena, const struct value *row, const char *address_mac) {
    struct value *content = value_array(arena);
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        value_push(content, value_text(arena, value_get_text(row, TEXTS[i])));
    }
    value_push(content, value_sorted(arena, value_get(row, "detail")));
    value_push(content, value_text(arena, address_mac));
    return json_text(arena, content);
}

const char *audit_tag_of(struct arena *arena, const struct derived_key *key, const char *content) {
    return hmac_sha256_keyed(arena, &key->key, arena_printf(arena, "row\n%s", content));
}

const char *audit_seal_mac(struct arena *arena, const struct derived_key *key,
                           const struct audit_record *record, const char *content,
                           const char *previous) {
    struct value *sealed = value_array(arena);
    value_push(sealed, value_integer(arena, record->place));
    value_push(sealed, value_integer(arena, record->audit_id));
    value_push(sealed, value_integer(arena, record->sealed_us));
    value_push(sealed, value_integer(arena, record->at_us));
    value_push(sealed, value_text(arena, record->tag.or_null));
    value_push(sealed, value_text(arena, record->hash.or_null));
    value_push(sealed, value_text(arena, record->previous_hash.or_null));
    value_push(sealed, value_text(arena, content));
    value_push(sealed, value_text(arena, previous));
    return hmac_sha256_keyed(arena, &key->key,
                             arena_printf(arena, "seal\n%s", json_text(arena, sealed)));
}

bool audit_is_ours(struct arena *arena, const struct derived_key *keys,
                   const struct audit_record *record, const struct value *row,
                   const char **address_mac) {
    if (record->tag.or_null == NULL || record->is_copy) {
        return false;
    }
    for (const struct derived_key *key = keys; key != NULL; key = key->next) {
        const char *mac = *address_mac != NULL
                              ? *address_mac
                              : audit_address_mac(arena, key, row, record->audit_id);
        const char *tag = audit_tag_of(arena, key, audit_content(arena, row, mac));
        if (token_hash_equal(tag, record->tag.or_null)) {
            *address_mac = mac;
            return true;
        }
    }
    return false;
}

bool audit_may_be_untagged(int64_t first_sealed_us, int64_t sealed_us) {
    return first_sealed_us == 0 || sealed_us - first_sealed_us <= UNTAGGED_US;
}
