#ifndef GUICHET_SECURITY_DIGEST_H
#define GUICHET_SECURITY_DIGEST_H
/* SHA-256 (FIPS 180-4) of what comes piece by piece. One thread uses a digest. */
#include "base/arena.h"
#include <stddef.h>

enum { DIGEST_TEXT_BYTES = 65 };

struct digest;

/* Never NULL; in the arena. */
struct digest *digest_new(struct arena *arena);
void digest_add(struct digest *digest, const void *bytes, size_t length);
/* 64 lower-case hexadecimal digits, in the arena. Nothing is added afterwards. */
const char *digest_text(struct arena *arena, struct digest *digest);

#endif
