#ifndef GUICHET_SECURITY_RANDOM_H
#define GUICHET_SECURITY_RANDOM_H
/* Secrets from the kernel's random generator. Thread-safe after security_init. */
#include "base/arena.h"
#include <stddef.h>

enum { RANDOM_TOKEN_CHARACTERS = 43 };

void random_bytes(void *out, size_t length);
/* 32 random bytes as base64url: session ids, links of mails, state and nonce. In the arena. */
const char *random_token(struct arena *arena);
/* `groups` groups of four characters without look-alikes ("K7QX-MN4P"), 20 bits each: codes that a
 * person copies by hand. In the arena. */
const char *random_code(struct arena *arena, size_t groups);

#endif
