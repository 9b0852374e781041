#ifndef GUICHET_HTTP_MANAGEMENT_H
#define GUICHET_HTTP_MANAGEMENT_H
/* The port of the monitoring, apart from the one that proxies reach: GET /metrics and nothing else, to whoever can
 * connect. One thread answers, at most MANAGEMENT_CONNECTIONS_MAX connections wait. */
#include "base/config.h"
#include "base/err.h"

enum { MANAGEMENT_CONNECTIONS_MAX = 16, MANAGEMENT_INACTIVITY_S = 10 };

struct management;

/* Listens at GUICHET_MANAGEMENT_BIND; `*out` is NULL where that is empty. ERR_UNAVAILABLE where it is not possible;
 * the reason is on standard error. Requires: every writer of base/metrics is registered, and signals that end the
 * program are blocked. */
MUST_CHECK enum err management_start(const struct config *config, struct management **out);
/* Ends the connections and frees. NULL does nothing. */
void management_stop(struct management *management);

#endif
