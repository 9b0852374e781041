#ifndef GUICHET_SECURITY_HASH_H
#define GUICHET_SECURITY_HASH_H
/* Hashes for tables in memory and for versions; see token_hash.h for hashes of secrets. Thread-safe
 * after security_init. */
#include <stddef.h>
#include <stdint.h>

/* Draws the key of hash_keyed. Called by security_init. */
void hash_init(void);
/* SipHash-2-4 under a key of this process, for tables in memory: a client that chooses the keys of a
 * table cannot make them collide. Differs between processes. */
uint64_t hash_keyed(const void *bytes, size_t length);
/* The first 64 bits of BLAKE2b-256: the same in every process. Names the version of a content. */
uint64_t hash_content(const void *bytes, size_t length);

#endif
