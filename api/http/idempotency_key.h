#ifndef GUICHET_HTTP_IDEMPOTENCY_KEY_H
#define GUICHET_HTTP_IDEMPOTENCY_KEY_H
/* Idempotency-Key: the same key and body get the first answer again (see core/idempotency.h). Per
 * account, program or, without either, address, and per path. */
#include "http/route.h"

/* Claims the key where the route honours one and the request has one; exchange->context.idempotency
 * then names it for the domain. `*replayed`: the response is the first answer again, and no handler
 * is to be called. ERR_CONFLICT while the first request runs, ERR_IDEMPOTENCY_MISMATCH for another
 * body. */
MUST_CHECK enum err idempotency_key_begin(struct exchange *exchange, const struct route *route,
                                          bool *replayed);
/* Keeps the answer of a claimed key, or forgets the claim where the handler failed with `err`. */
void idempotency_key_end(struct exchange *exchange, enum err err);

#endif
