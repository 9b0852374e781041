#ifndef GUICHET_SECURITY_HMAC_H
#define GUICHET_SECURITY_HMAC_H
/* HMAC-SHA-256 (RFC 2104), for messages that others verify with a shared secret. Thread-safe. */
#include "base/arena.h"
#include "security/seal.h"
#include <stdbool.h>
#include <stddef.h>

/* 64 lower-case hexadecimal digits, in the arena. `key`: any text. */
const char *hmac_sha256_text(struct arena *arena, const char *key, const void *message,
                             size_t length);
/* The same under a key of bytes. */
const char *hmac_sha256_keyed(struct arena *arena, const struct seal_key *key, const char *message);

enum { HMAC_SHA256_BYTES = 32 };
/* Whether `sum` is that of the message, compared in constant time. */
bool hmac_sha256_is(const void *key, size_t key_length, const void *message, size_t length,
                    const unsigned char sum[HMAC_SHA256_BYTES]);

#endif
