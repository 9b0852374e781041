#ifndef GUICHET_CORE_DERIVED_KEY_H
#define GUICHET_CORE_DERIVED_KEY_H
/* Keys for one purpose, derived from the master key: macs of the audit, hashes of recovery codes, of links to
 * unsubscribe of addresses that are kept out and of what staff typed. What they made cannot be made anew when the
 * master key changes, so `guichet rotate-master-key` keeps the derived keys of former master keys, sealed, and the
 * former master key itself can go. Thread-safe. */
#include "core/context.h"
#include "security/seal.h"

#define DERIVED_KEY_AUDIT "audit"
#define DERIVED_KEY_RECOVERY_CODE "recovery_code"
#define DERIVED_KEY_EXCLUSION "membership_exclusion"
#define DERIVED_KEY_TYPED "typed"
#define DERIVED_KEY_UNSUBSCRIBE "unsubscribe"

struct derived_key {
    struct seal_key key;
    const char *id; /* 16 hexadecimal digits, from which the key does not follow */
    const struct derived_key *next;
};

/* The key of this master key alone, and its name, in the arena. */
struct derived_key derived_key_of(struct arena *arena, const struct seal_key *master,
                                  const char *purpose);
/* All that may have been used for a purpose, in the arena: those of the given master keys in their order, then those
 * kept of former ones. One that is kept and does not open with the given keys is left out. `*keys` is never NULL. */
MUST_CHECK enum err derived_keys_find(struct tx *tx, const struct seal_key *master,
                                      const char *purpose, const struct derived_key **keys);
/* Keeps the derived keys of every master key but the first, sealed by the first. */
MUST_CHECK enum err derived_keys_keep(const struct services *services, struct arena *arena);

#endif
