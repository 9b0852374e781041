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
    const struct seal_key
        *former; /* the next key given, which opens and does not seal; NULL: none */
};

/* Reads the setting: one key or several, each base64 of 32 random bytes, separated by commas, blanks or line ends; #
 * begins a comment. The first one goes into `out`, the others hang behind it, in the arena. ERR_INVALID where there
 * is none, one is too short or long, plainly not random (few different bytes, or readable text), or given twice;
 * `*reason` then is an English sentence for the operator, which shows nothing of a key. */
MUST_CHECK enum err seal_keys_parse(struct arena *arena, const char *text, struct seal_key *out,
                                    const char **reason);
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
