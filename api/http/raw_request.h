#ifndef GUICHET_HTTP_RAW_REQUEST_H
#define GUICHET_HTTP_RAW_REQUEST_H
/* One request as the library received it, before our own parsing. Borrowed from the library until the
 * response is queued. */
#include "http/exchange.h"

struct raw_request {
    const char *method;
    const char *target;         /* path and query, nothing decoded */
    const char *version;        /* "HTTP/1.1" */
    const struct pair *headers; /* one element per line received, in order; values never NULL */
    size_t headers_count;
    size_t header_block_bytes;
    const char *body; /* NULL: its file cannot be read */
    size_t body_bytes;
    struct spool *spool; /* that holds the body of a BODY_MULTIPART; NULL: it is in memory */
    const char *peer;    /* address of the other end of the socket */
};

#endif
