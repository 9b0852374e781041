#ifndef GUICHET_HTTP_REFUSAL_H
#define GUICHET_HTTP_REFUSAL_H
/* A problem written on the socket itself, for requests that libmicrohttpd would not hand over before
 * their end. Only while the library reads: it sends nothing then. Thread-safe. */
#include "base/err.h"

/* Sends what fits at once and ends our side of the connection; the request is logged. */
void refusal_send(int socket, enum err err, const char *detail);

#endif
