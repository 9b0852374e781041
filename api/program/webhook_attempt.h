#ifndef GUICHET_PROGRAM_WEBHOOK_ATTEMPT_H
#define GUICHET_PROGRAM_WEBHOOK_ATTEMPT_H
/* What one attempt at a delivery sends, and what is kept of it. Pure functions; texts live in the arena. */
#include "base/arena.h"
#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

/* The value of X-Guichet-Signature: "t=<epoch>,v1=<HMAC-SHA256 of "<epoch>.<body>">", with one v1 for each
 * of the `count` secrets. */
const char *webhook_signature(struct arena *arena, int64_t at_s, const char *body,
                              const char *const *secrets, size_t count);
/* The beginning of a response as valid UTF-8 without NUL, which is what PostgreSQL can store. */
const char *webhook_excerpt(struct arena *arena, const char *body, size_t length);
/* Why an attempt failed, in French: `err` of the call, or the status of a response that came. */
const char *webhook_explain(struct arena *arena, enum err err, int status);
/* Seconds between the failure of attempt `number` (from 1) and the next; -1: that was the last. */
int64_t webhook_retry_delay_s(int64_t number);

#endif
