#ifndef GUICHET_HTTP_IDEMPOTENCY_KEY_H
#define GUICHET_HTTP_IDEMPOTENCY_KEY_H
/* Idempotency-Key: the same key and body get the first answer again (see core/idempotency.h). Per
 * account, program or, without either, address, and per path. */
#include "http/route.h"

/* Names the key to the act (exchange->context.idempotency) where the route honours one and the request has
 * one: act_begin takes it (core/act.h). ERR_INVALID with an error at Idempotency-Key where it is none. */
MUST_CHECK enum err idempotency_key_read(struct exchange *exchange, const struct route *route);

#endif
