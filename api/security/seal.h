#ifndef GUICHET_SECURITY_SEAL_H
#define GUICHET_SECURITY_SEAL_H
/* Encrypts secrets for the database: XChaCha20-Poly1305 (libsodium) under the master key. A sealed
 * text opens only with the key and the context that it was made with, so that the secret of one row
 * cannot be moved to another row or column. Thread-safe. */
#include "base/arena.h"
#include "base/err.h"
#include <stddef.h>

enum { SEAL_KEY_BYTES = 32 };

struct seal_key {
    unsigned char bytes[SEAL_KEY_BYTES];
    const struct seal_key *former; /* the key before this one, which still opens; NULL: none */
};

/* Reads the setting: base64 of 32 random bytes. ERR_INVALID where it is missing, too short or long,
 * or plainly no random key (few different bytes, or readable text); `*reason` then is an English
 * sentence for the operator (static). */
MUST_CHECK enum err seal_key_parse(const char *base64, struct seal_key *out, const char **reason);
/* Reads former keys, separated by commas, the latest first, and hangs them behind `key`; each lives in the
 * arena. An empty text gives none. Failures are those of seal_key_parse. */
MUST_CHECK enum err seal_key_parse_former(struct arena *arena, const char *text,
                                          struct seal_key *key, const char **reason);
/* A key of its own for one purpose, from which neither the master key nor those of other purposes follow. The
 * result has no former key. */
struct seal_key seal_key_derive(const struct seal_key *master, const char *purpose);
/* Seals a secret. `context`: what the secret is and whose, for example "signing_key/KID". Text, in the
 * arena. */
const char *seal_close(struct arena *arena, const struct seal_key *key, const char *context,
                       const void *secret, size_t length);
/* ERR_INTERNAL where the text was not sealed by this key or a former one for this context. The secret is in the
 * arena, NUL-terminated behind `out_length`. */
MUST_CHECK enum err seal_open(struct arena *arena, const struct seal_key *key, const char *context,
                              const char *sealed, unsigned char **out, size_t *out_length);

#endif
