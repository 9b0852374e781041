#ifndef GUICHET_HTTP_UPKEEP_METRICS_H
#define GUICHET_HTTP_UPKEEP_METRICS_H
/* What waits in the database, and what an operator has to keep up, at each scrape. */
#include "engine/pool.h"

/* Registers their writer. `pool` must outlive it. Before any thread is started. */
void upkeep_metrics_register(struct pool *pool);

#endif
