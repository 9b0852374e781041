#ifndef GUICHET_CORE_OUTBOX_H
#define GUICHET_CORE_OUTBOX_H
/* What waits in the outbox is sealed by the master key: links that act, and what people wrote, stand nowhere in
 * clear until they are sent. Thread-safe. */
#include "core/context.h"
#include "sql/core.h"

/* What the mail `id` says, sealed and bound to it. `data`: NULL for nothing. In the arena. */
const char *outbox_seal(struct arena *arena, const struct seal_key *master, const char *id,
                        const struct value *data);
/* The same opened. ERR_INTERNAL where the master key or a former one did not seal it. */
MUST_CHECK enum err outbox_open(struct arena *arena, const struct seal_key *master,
                                const struct outbox_mail *mail, struct value **data);

/* The job of retention: GUICHET_SENT_MAILS_DAYS, GUICHET_PARKED_MAILS_DAYS. */
MUST_CHECK enum err outbox_delete_old(struct context *context);

#endif
