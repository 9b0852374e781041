#ifndef GUICHET_OUTBOUND_HTTP_LINK_H
#define GUICHET_OUTBOUND_HTTP_LINK_H
/* A connection to one origin, with TLS where the origin says so: made by libcurl, which then only
 * carries the bytes of TLS. One thread uses a link at a time. Instants are of clock_monotonic_ms. */
#include "outbound/http_client.h"

struct http_link;

/* Connects to `origin` ("https://host:port"). `ca_file` may be NULL. Failures and `*reason` as those of
 * http_client_send. */
MUST_CHECK enum err http_link_open(const struct http_client_options *options, const char *origin,
                                   int64_t deadline_ms, struct http_link **out,
                                   const char **reason);
/* NULL does nothing. */
void http_link_free(struct http_link *link);
/* As long as the link. */
const char *http_link_origin(const struct http_link *link);
/* The value of Host: without the port that the scheme implies. */
const char *http_link_host(const struct http_link *link);
/* False where the other end closed it or sent bytes that no request asked for. */
bool http_link_is_quiet(struct http_link *link);
/* All bytes; ERR_TIMEOUT at the deadline, ERR_UPSTREAM where the other end is gone. */
MUST_CHECK enum err http_link_send(struct http_link *link, const char *bytes, size_t length,
                                   int64_t deadline_ms, const char **reason);
/* At least one byte, or none where the other end closed the connection as it should. */
MUST_CHECK enum err http_link_receive(struct http_link *link, char *bytes, size_t room,
                                      int64_t deadline_ms, size_t *received, const char **reason);
/* When it was last kept for a later request, for those who keep it. */
void http_link_mark(struct http_link *link, int64_t now_ms);
int64_t http_link_marked_ms(const struct http_link *link);

#endif
