#ifndef GUICHET_HTTP_REFUSAL_H
#define GUICHET_HTTP_REFUSAL_H
/* Writes a problem to the socket itself, for requests that libmicrohttpd would not hand over before
 * their end. Requires: the library is reading, so that it writes nothing. Thread-safe. */
#include "base/err.h"

/* Sends what fits at once, ends our side of the connection and logs the request. `request_id`: its header
 * X-Request-ID, NULL without. */
void refusal_send(int socket, enum err err, const char *target, const char *request_id,
                  const char *detail);

#endif
