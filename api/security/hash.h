#ifndef GUICHET_SECURITY_HASH_H
#define GUICHET_SECURITY_HASH_H
/* Hashes for tables and versions; what stands in for a secret is token_hash.h. Thread-safe after
 * security_init. */
#include <stddef.h>
#include <stdint.h>

/* Draws the key of hash_keyed. Called by security_init. */
void hash_init(void);
/* SipHash-2-4 under the key of this process, for tables in memory: whoever chooses the keys of a table
 * cannot make them collide. Differs from one process to the next. */
uint64_t hash_keyed(const void *bytes, size_t length);
/* The first 64 bits of BLAKE2b-256: the same in every process. Names the version of a content. */
uint64_t hash_content(const void *bytes, size_t length);

#endif
