#ifndef GUICHET_SECURITY_TOKEN_HASH_H
#define GUICHET_SECURITY_TOKEN_HASH_H
/* What is stored in place of a secret. Random tokens of 256 bits need no salt: SHA-256 is enough.
 * Short secrets (recovery codes) are hashed under the master key, so that a stolen table cannot be
 * brute-forced. Thread-safe. */
#include "base/arena.h"
#include "security/seal.h"
#include <stdbool.h>

enum { TOKEN_HASH_BYTES = 32 };

/* SHA-256 of the text. */
void token_hash_bytes(const char *token, unsigned char out[TOKEN_HASH_BYTES]);
/* BLAKE2b-256 of the text, a quarter of the time of SHA-256: for keys that stay in memory. */
void token_hash_fast(const char *token, unsigned char out[TOKEN_HASH_BYTES]);
/* SHA-256 of bytes that need not end with NUL, such as a body. */
void token_hash_data(const char *data, size_t length, unsigned char out[TOKEN_HASH_BYTES]);
/* SHA-256 of the text as 64 lower-case hexadecimal digits, in the arena: the form kept in tables. */
const char *token_hash_text(struct arena *arena, const char *token);
/* BLAKE2b-256 of purpose and secret under the master key, as hexadecimal digits. */
const char *token_hash_keyed(struct arena *arena, const struct seal_key *key, const char *purpose,
                             const char *secret);
/* Compares two texts in a time that depends on their lengths alone. */
bool token_hash_equal(const char *a, const char *b);

#endif
