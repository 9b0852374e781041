#ifndef GUICHET_HTTP_REQUEST_READER_H
#define GUICHET_HTTP_REQUEST_READER_H
/* Strict parsing of a request. The parsed maps of ulfius and libmicrohttpd are not used: they mix path
 * and query, decode too much and accept what two programs in a row would read differently. Each
 * function fills exchange->request, or returns a failure with exchange->detail (and errors) set.
 * Thread-safe: each call works on its own exchange. */
#include "http/raw_request.h"
#include "http/route.h"

enum {
    REQUEST_HEADER_BLOCK_BYTES_MAX = 32 * 1024,
    REQUEST_UNWANTED_BYTES_MAX =
        1024, /* of a route that takes no body: read, and left alone or refused */
};

/* Parses headers and framing (RFC 9110, RFC 9112) and splits the target into path and query. After a
 * failure other than ERR_HEADERS_TOO_LARGE the start of the next request is unknown, so the connection
 * is closed. */
MUST_CHECK enum err request_read_head(struct exchange *exchange, const struct raw_request *raw);
/* Parses the query: keys that the route declares, each at most once. */
MUST_CHECK enum err request_read_query(struct exchange *exchange, const struct route *route);
/* Checks size and Content-Type of the body. One that comes with a GET or DELETE that takes none is left alone. */
MUST_CHECK enum err request_read_type(struct exchange *exchange, const struct route *route,
                                      const struct raw_request *raw);
/* Parses the body as JSON or form, where the route takes it and there is one. */
MUST_CHECK enum err request_read_body(struct exchange *exchange, const struct route *route);

#endif
