#ifndef GUICHET_WORKER_SEALER_H
#define GUICHET_WORKER_SEALER_H
/* Seals the audit (core/audit.h) beside the answers, in a thread of its own: what this process wrote within
 * about a second, what others left within half a minute. Runs in every process that serves or works: only one at a
 * time seals. Once a minute the head goes into the log. */
#include "core/context.h"

struct sealer;

/* Never NULL. `services` is borrowed until sealer_stop. */
struct sealer *sealer_start(const struct services *services);
/* Seals what this process wrote last, waits for the thread and frees. NULL: nothing happens. */
void sealer_stop(struct sealer *sealer);

#endif
