#ifndef GUICHET_CORE_WEBHOOK_EVENT_H
#define GUICHET_CORE_WEBHOOK_EVENT_H
/* What happened to a request or its token, for the webhooks of those who listen: written in the
 * transaction that caused it, after the change, so that the state sent is the new one. The worker
 * finds the listeners and calls them. */
#include "engine/tx.h"

/* `event`: a WebhookEventName of openapi.yaml, "request.submitted" or "token.rotated". Those of the
 * token are written by token/token. */
MUST_CHECK enum err webhook_event_add(struct tx *tx, const char *event, const char *request_id);

#endif
