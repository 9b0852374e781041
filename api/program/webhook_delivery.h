#ifndef GUICHET_PROGRAM_WEBHOOK_DELIVERY_H
#define GUICHET_PROGRAM_WEBHOOK_DELIVERY_H
/* Events on their way to those who listen. A delivery is tried up to eight times over some ten
 * hours; when the last fails too, the webhook is switched off and its owner told by mail. */
#include "core/context.h"

/* Finds the listeners of new events, then makes one delivery that is due. Where there was neither,
 * `*goes_on` is false and `*wait_ms` says when the next delivery is due (-1: none). Any number of threads
 * and programs may work side by side. */
MUST_CHECK enum err webhook_deliver_next(const struct services *services, bool *goes_on,
                                         int64_t *wait_ms);
/* The job: events older than 30 days, with their attempts. */
MUST_CHECK enum err webhook_delete_old(struct context *context);

/* Value of X-Guichet-Signature: "t=<epoch>,v1=<HMAC-SHA256 of "<epoch>.<body>">", v1 once for each
 * of the secrets. In the arena. */
const char *webhook_signature(struct arena *arena, int64_t at_s, const char *body,
                              const char *const *secrets, size_t count);

#endif
