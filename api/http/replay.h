#ifndef GUICHET_HTTP_REPLAY_H
#define GUICHET_HTTP_REPLAY_H
/* The answer kept for an Idempotency-Key, shown again. It tells what its caller was allowed to read when the act was
 * done; rights may have ended since. So the object is read first, by the route that shows it to this caller now: the
 * one below POST's own path that shows what was made (/v1/requests → /v1/requests/{id}), or the nearest above it
 * (/v1/requests/{id}/notes → itself, /v1/tokens/{id}/revocation → /v1/tokens/{id}). What is read is thrown away. */
#include "http/exchange.h"

/* Sends context.answer. ERR_CONFLICT, with a detail, where it may not be read; others: those of the reading. An answer
 * without content shows nothing and is sent to whom the route is open. Requires: context.is_replayed. */
MUST_CHECK enum err replay_answer(struct exchange *exchange);

#endif
