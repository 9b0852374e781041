#ifndef GUICHET_HTTP_SENDING_H
#define GUICHET_HTTP_SENDING_H
/* Bodies that are too large to be kept in memory for as long as their reader takes: they wait in a spool, or
 * where they lie anyway. One thread uses a sending. */
#include "http/exchange.h"
#include <sys/types.h>

struct http_state;
struct sending;

/* `*out` is what sends the body, of which it takes a copy unless that is lasting; NULL where it is small enough to
 * be sent from memory. False where there is no room for it (GUICHET_UPLOADS_MB). */
MUST_CHECK bool sending_prepare(struct http_state *http, const struct response *response,
                                struct sending **out);
/* The two functions of ulfius_set_stream_response; `cls` is the sending. */
ssize_t sending_read(void *cls, uint64_t offset, char *out, size_t room);
void sending_free(void *cls);

#endif
