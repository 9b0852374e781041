#ifndef GUICHET_OUTBOUND_HTTP_CLIENT_H
#define GUICHET_OUTBOUND_HTTP_CLIENT_H
/* Sends requests over HTTP/1.1, with or without TLS, within bounds: time, size, redirects (none),
 * addresses; directly or through a proxy. A client keeps its connections for later requests, so use one per origin
 * (data provider, directory, identity provider) and one for all webhooks. GET and HEAD are sent a second time where a
 * kept connection was closed without an answer. Thread-safe: any number of threads may use one client.
 *
 * HTTP is parsed here; names, connections and TLS are libcurl's. Why: an answer of 1.5 kB over a kept connection
 * on loopback takes 6.1 µs of processor time, against 17.5 by a kept easy handle of libcurl 7.88; over TLS 11.4
 * against 29 (best of three, 8,000 calls each, 30 November 2026): a fifth of a call of the gateway. The parser is
 * fuzzed (tests/fuzz/http_answer.c). Should the gain fall below 20 %, use libcurl's HTTP instead. */
#include "base/arena.h"
#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct config;    /* base/config.h */
struct host_list; /* outbound/host_list.h */
struct http_client;

/* What it points to must outlive the client. */
struct http_client_options {
    int64_t connect_timeout_ms;
    int64_t timeout_ms;          /* from first to last byte */
    size_t body_bytes_max;       /* of an answer */
    const struct config *config; /* of the way out (egress.h) and GUICHET_CA_FILE; NULL: neither */
    const char *ca_file; /* trusted certificates; NULL or "": those of `config`, or the system's */
    const char *certificate_file; /* of the client, with its key; NULL: none */
    const char *key_file;
    const char *key_password; /* NULL: the key is not encrypted */
    bool public_only;         /* refuses addresses of internal networks (address_guard.h) */
    const struct host_list
        *inner_allowed; /* that public_only lets through all the same; NULL: none */
};

struct http_header {
    const char *name;
    const char *value;
};

struct http_request {
    const char *method; /* "GET", "POST" … */
    const char *url;
    const struct http_header *headers;
    size_t headers_count;
    const void *body; /* NULL: none */
    size_t body_bytes;
    int64_t timeout_ms; /* less than that of the client; 0: that one */
};

/* Everything in the caller's arena. */
struct http_response {
    int status;
    const struct http_header *headers; /* names as sent */
    size_t headers_count;
    const char *body; /* NUL-terminated behind body_bytes */
    size_t body_bytes;
};

/* Initialises libcurl. Call once, before any thread is started. */
MUST_CHECK enum err http_client_global_init(void);
/* Copies the options, not what they point to. Never NULL; the caller frees. */
struct http_client *http_client_new(const struct http_client_options *options);
/* Closes its connections. Requires: no request is being sent. NULL does nothing. */
void http_client_free(struct http_client *client);

/* Any status is an answer: ERR_NONE. Otherwise `*reason` (may be NULL) is a short English text
 * without addresses or data, and the failure is
 *   ERR_INVALID      the request itself: URL (a user in it too), scheme, a line break in a header
 *   ERR_FORBIDDEN    an address of our own network (public_only)
 *   ERR_UNAVAILABLE  nobody there: name unknown, connection refused, refused by the proxy
 *   ERR_TIMEOUT      not answered, or not to the end, in time
 *   ERR_UPSTREAM     a broken answer: cut, too large, compressed, bad certificate */
MUST_CHECK enum err http_client_send(struct http_client *client, struct arena *arena,
                                     const struct http_request *request,
                                     struct http_response *response, const char **reason);
/* Value of the first header of this name (any case); NULL where missing. */
const char *http_response_find(const struct http_response *response, const char *name);
/* A date of HTTP, in any of its three forms (RFC 9110, 5.6.7), as seconds since 1970. */
bool http_date_parse(const char *text, int64_t *at_s);

#endif
