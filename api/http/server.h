#ifndef GUICHET_HTTP_SERVER_H
#define GUICHET_HTTP_SERVER_H
/* The HTTP server: one thread per connection, one ulfius endpoint; parsing, routing and limits are our
 * own. */
#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

struct http_state;
struct server;

/* Listens on the address and port of the settings (0: a free port). ERR_UNAVAILABLE where that is not
 * possible; the reason is on standard error. `http` is borrowed until server_stop. Requires: signals
 * that end the program are blocked, so that the server's threads inherit that. */
MUST_CHECK enum err server_start(struct http_state *http, struct server **out);
uint16_t server_port(const struct server *server);
/* Stops and frees the server. First readiness turns 503 and every response closes its connection,
 * while new connections are still served, for GUICHET_DRAIN seconds; then no new connection is
 * accepted and requests being handled are finished, for at most 20 s. */
void server_stop(struct server *server);

#endif
