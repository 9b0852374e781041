#ifndef GUICHET_CORE_TYPED_H
#define GUICHET_CORE_TYPED_H
/* What staff type to find somebody is itself about somebody: a name, an address. What is recorded of it for a year is
 * a keyed digest, which nobody reads a name from, and which answers the one question that supervision asks: did they
 * look for this person? Thread-safe. */
#include "base/value.h"
#include "core/derived_key.h"

/* The filters of a list as they are recorded: values that name kinds, states, dates and objects as they came, every
 * other one as its digest, "hmac:" and 32 hexadecimal digits; an id is an id wherever it stands. In the arena.
 * `detail` may be NULL: none. */
struct value *typed_digest_all(struct arena *arena, const struct seal_key *master,
                               const struct value *detail);
/* The digests of one text by each of the keys (DERIVED_KEY_TYPED), as a PostgreSQL array. A text counts as it is
 * looked up (search_read_words), letters of ASCII without their case. */
const char *typed_digests(struct arena *arena, const struct derived_key *keys, const char *text);

#endif
