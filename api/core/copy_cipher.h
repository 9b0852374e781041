#ifndef GUICHET_CORE_COPY_CIPHER_H
#define GUICHET_CORE_COPY_CIPHER_H
/* How a copy of the database is encrypted: by age (age-encryption.org/v1) or GnuPG (OpenPGP, RFC 4880), whichever the
 * recipients' file is of, in a stream. Both are programs of Debian, run by engine/dump. Thread-safe. */
#include "base/arena.h"
#include "base/config.h"
#include "base/err.h"

enum copy_cipher { COPY_CLEAR, COPY_AGE, COPY_GPG };

/* "none", "age", "gpg". Static. */
const char *copy_cipher_name(enum copy_cipher cipher);
/* By the recipients' file of the settings. ERR_INVALID: there is one, but it cannot be read or holds no such keys;
 * `*reason` is an English sentence for the operator (static). */
MUST_CHECK enum err copy_cipher_choose(const struct config *config, enum copy_cipher *cipher,
                                       const char **reason);
/* The program that encrypts its input; NULL for a copy in clear. In the arena. */
const char *const *copy_cipher_encrypter(struct arena *arena, const struct config *config,
                                         enum copy_cipher cipher);
/* By the first bytes of a copy. ERR_NOT_FOUND: it cannot be read. */
MUST_CHECK enum err copy_cipher_recognise(const char *path, enum copy_cipher *cipher);
/* The program that decrypts the copy; NULL where the settings name no key for it. In the arena. */
const char *const *copy_cipher_decrypter(struct arena *arena, const struct config *config,
                                         enum copy_cipher cipher, const char *path);

#endif
