#ifndef GUICHET_HTTP_HTTP_METRICS_H
#define GUICHET_HTTP_HTTP_METRICS_H
/* Counts what is answered, by route and class of status. Lock-free. */
#include "http/http_state.h"
#include "http/route.h"

/* Registers the writers of this folder and of the pool; before the server listens. */
void http_metrics_register(struct http_state *http);
/* `route` NULL: no row was found. */
void http_metrics_count(const struct route *route, int status, int64_t duration_us);

#endif
