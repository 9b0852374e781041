#ifndef GUICHET_HTTP_REQUEST_READER_H
#define GUICHET_HTTP_REQUEST_READER_H
/* Strict reading of what was received. ulfius' and libmicrohttpd's own parsed maps are not used:
 * they mix path and query, decode too much and accept what two programs in a row would read
 * differently. Each function fills exchange->request, or returns a failure with
 * exchange->detail (and errors) saying what is wrong. */
#include "http/raw_request.h"
#include "http/route.h"

enum { REQUEST_HEADER_BLOCK_BYTES_MAX = 32 * 1024 };

/* Headers and framing (RFC 9110, RFC 9112): path and query are split off, nothing else is read.
 * After a failure other than ERR_HEADERS_TOO_LARGE nobody can say where the next request starts:
 * the connection is closed. */
MUST_CHECK enum err request_read_head(struct exchange *exchange, const struct raw_request *raw);
/* Query keys that the route declares, each at most once. */
MUST_CHECK enum err request_read_query(struct exchange *exchange, const struct route *route);
/* Size and Content-Type of the body. */
MUST_CHECK enum err request_read_type(struct exchange *exchange, const struct route *route,
                                      const struct raw_request *raw);
/* JSON or form, where the route takes it and a body came. */
MUST_CHECK enum err request_read_body(struct exchange *exchange, const struct route *route);

#endif
