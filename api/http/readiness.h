#ifndef GUICHET_HTTP_READINESS_H
#define GUICHET_HTTP_READINESS_H
/* What an instance needs before requests may be sent to it; told by /health/ready and by the metric guichet_ready.
 * Thread-safe. */
#include "core/context.h"

enum readiness { READINESS_DATABASE, READINESS_SCHEMA, READINESS_MASTER_KEY, READINESS_COMPLETE };

/* The first thing that is missing, looked for in this order; READINESS_COMPLETE: nothing is. Asks the database. */
enum readiness readiness_find(const struct services *services);
/* Registers guichet_ready{check="…"}: 1, or 0 for what is missing; what could not be looked at has no sample. */
void readiness_metrics_register(const struct services *services);

#endif
