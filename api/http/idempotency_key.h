#ifndef GUICHET_HTTP_IDEMPOTENCY_KEY_H
#define GUICHET_HTTP_IDEMPOTENCY_KEY_H
/* Idempotency-Key: the same key and body get the first answer again (see core/idempotency.h). Per
 * account, program or, without either, address, and per path. */
#include "http/route.h"

/* Names the key to the act (exchange->context.idempotency) where the route honours one and the request has
 * one. Where context.is_replayed is set afterwards the answer is the kept one: no handler is to be called.
 * ERR_CONFLICT while the first request runs, ERR_IDEMPOTENCY_MISMATCH for another body. */
MUST_CHECK enum err idempotency_key_begin(struct exchange *exchange, const struct route *route);
/* Keeps the answer of an act that did not do so itself. */
void idempotency_key_end(struct exchange *exchange, enum err err);

#endif
