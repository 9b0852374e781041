#ifndef GUICHET_PROGRAM_WEBHOOK_DELIVERY_H
#define GUICHET_PROGRAM_WEBHOOK_DELIVERY_H
/* Delivery of events to webhooks. A delivery is tried up to eight times over about ten hours; when the last
 * attempt fails too, the webhook is switched off and its owner told by mail. Thread-safe: any number of
 * threads and programs may deliver at the same time. */
#include "core/context.h"

/* Plans the deliveries of new events, then makes one delivery that is due. Where there was neither, `*has_more`
 * is false and `*wait_ms` says when the next delivery is due (-1: there is none). A webhook that fails is no
 * failure here: it is recorded. Failures are those of the database. */
MUST_CHECK enum err webhook_deliver_next(struct context *context, bool *has_more, int64_t *wait_ms);
/* The job "webhook_events": deletes events older than 30 days, with their attempts. */
MUST_CHECK enum err webhook_delete_old(struct context *context);

#endif
