#ifndef GUICHET_HTTP_HTTP_METRICS_H
#define GUICHET_HTTP_HTTP_METRICS_H
/* Counts responses by route and class of status. Lock-free, thread-safe. */
#include "http/http_state.h"
#include "http/route.h"

/* Registers the metrics of this room and of the pool. Requires: the server does not listen yet. */
void http_metrics_register(struct http_state *http);
/* Counts one response. `route`: NULL where no row was found. */
void http_metrics_count(const struct route *route, int status, int64_t duration_us);

#endif
