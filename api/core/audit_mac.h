#ifndef GUICHET_CORE_AUDIT_MAC_H
#define GUICHET_CORE_AUDIT_MAC_H
/* The macs of audit.h: what they are made of. Texts in the arena, macs in hexadecimal digits. Thread-safe. */
#include "base/value.h"
#include "core/derived_key.h"
#include <stdbool.h>

/* A row as JSON has it: nonce, actor_kind, …, detail, address, request_id. */
/* Stands for the address of the row; NULL where it has none. `audit_id` tells rows without a nonce apart. */
const char *audit_address_mac(struct arena *arena, const struct derived_key *key,
                              const struct value *row, int64_t audit_id);
/* What the row says, the address replaced by `address_mac`: one text for one row, whatever the order of its
 * members. */
const char *audit_content(struct arena *arena, const struct value *row, const char *address_mac);
const char *audit_tag_of(struct arena *arena, const struct derived_key *key, const char *content);

struct audit_record; /* sql/core.h */
/* The mac of a seal; `record` holds all but the mac. `previous`: that of the seal before, "" for the first. */
const char *audit_seal_mac(struct arena *arena, const struct derived_key *key,
                           const struct audit_record *record, const char *content,
                           const char *previous);

/* Whether the program wrote the row: its tag fits with one of the keys. `*address_mac`: given
 * where the row is sealed; where it is NULL, made from the address by the key that fits. False too where the row
 * has no tag, or repeats the nonce of another. */
bool audit_is_ours(struct arena *arena, const struct derived_key *keys,
                   const struct audit_record *record, const struct value *row,
                   const char **address_mac);
/* Whether a row without a tag may be sealed or have been: former versions wrote such rows, and do for a day after
 * the first seal, while instances are updated one after the other. `first_sealed_us`: 0 where nothing is sealed. */
bool audit_may_be_untagged(int64_t first_sealed_us, int64_t sealed_us);

#endif
