#ifndef GUICHET_HTTP_SERVER_H
#define GUICHET_HTTP_SERVER_H
/* The HTTP server: one thread per connection, one ulfius endpoint, everything else is ours. */
#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

struct http_state;
struct server;

/* Listens on the settings' address and port (0: a free one). ERR_UNAVAILABLE where that is not
 * possible; the reason is on standard error. Signals that should end the program must be blocked
 * before, so that its threads inherit that. `http` is borrowed until server_stop. */
MUST_CHECK enum err server_start(struct http_state *http, struct server **out);
uint16_t server_port(const struct server *server);
/* Stops: readiness turns 503 and every answer closes its connection, while whoever comes is still
 * served for GUICHET_DRAIN seconds; then nobody new is let in, requests in flight are finished, for at
 * most 20 s, and everything is freed. */
void server_stop(struct server *server);

#endif
