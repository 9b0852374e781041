#ifndef GUICHET_HTTP_EXCHANGE_H
#define GUICHET_HTTP_EXCHANGE_H
/* One request and its response, as handlers see them, without ulfius or libmicrohttpd. Everything
 * lives in `arena` until the response is sent. One exchange belongs to one thread. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/field_errors.h"
#include "base/text.h"
#include "base/value.h"
#include "core/actor.h"
#include "core/context.h"
#include "core/page.h"
#include "http/trace.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_state; /* http/http_state.h */
struct route;
struct spool; /* base/spool.h */

enum { EXCHANGE_PATH_PARAMETERS_MAX = 6, EXCHANGE_QUERY_MAX = 24, EXCHANGE_HEADERS_MAX = 32 };

enum method { METHOD_GET, METHOD_POST, METHOD_PUT, METHOD_PATCH, METHOD_DELETE, METHOD_HEAD };

struct pair {
    const char *name;
    const char *value;
};

struct request {
    enum method method;
    const char *method_text;                                   /* as sent */
    const char *path;                                          /* raw, as sent, without query */
    const char *query;                                         /* raw, NULL without '?' */
    struct pair path_parameters[EXCHANGE_PATH_PARAMETERS_MAX]; /* percent-decoded, valid UTF-8 */
    size_t path_parameters_count;
    struct pair
        query_parameters[EXCHANGE_QUERY_MAX]; /* decoded; only keys that the route declares */
    size_t query_parameters_count;
    const char *body; /* raw bytes; never NULL */
    size_t body_bytes;
    struct spool *spool;      /* that holds the body where the route takes files; else NULL */
    const struct value *json; /* parsed where the route takes JSON and a body came; else NULL */
    const char *
        address; /* caller's IP, behind trusted proxies resolved; NULL: what they say of it cannot be read */
    const char *
        hop; /* the same, or the proxy that passed on what cannot be read: to count calls by, for nothing else */
    const struct pair *headers; /* as received; see request_header */
    size_t headers_count;
};

enum stream_step { STREAM_CONTINUES, STREAM_ENDS, STREAM_FAILS };
/* Writes the next part of a long response into `out`. After STREAM_FAILS the connection is cut, so
 * that no client takes a part for the whole. */
typedef enum stream_step (*response_stream)(void *state, struct buf *out);

struct response {
    int status;
    const char *content_type; /* NULL: no body */
    const char *body;
    size_t body_bytes;
    bool is_lasting; /* the body lies in memory as long as the program runs */
    struct pair headers[EXCHANGE_HEADERS_MAX];
    size_t headers_count;
    response_stream stream; /* instead of body */
    int64_t stream_bytes;   /* in all; 0: not known */
    void *stream_state;
    void (*stream_end)(void *state); /* called once in every case */
    bool close;                      /* the connection ends with this answer */
};

struct exchange {
    struct http_state *http;
    const struct services *services; /* config, pool, ports, products … */
    struct arena *arena;
    const struct route *route;
    struct request request;
    struct response response;
    struct actor actor;         /* see core/actor.h */
    struct context context;     /* what domain functions take: `&exchange->context` */
    struct field_errors errors; /* rendered where a handler returns ERR_INVALID */
    const char
        *detail; /* French sentence for the problem; NULL: that of the context, or the usual one */
    int64_t retry_after_s; /* sent as Retry-After where > 0; 0: the context's */
    char request_id[UUID_TEXT_BYTES];
    const char *token_id; /* of the data token that was sent, for the log; NULL without */
    struct trace trace;   /* what the caller traces this request under */
    int64_t started_us;
};

/* A handler fills the response and returns ERR_NONE, or returns a failure which is rendered as
 * problem+json with `detail` and `errors`. */
typedef enum err (*handler)(struct exchange *exchange);

/* The value of a request header, in any case; NULL where it is missing. A header that must not be
 * repeated was refused earlier where it was. */
const char *request_header(const struct exchange *exchange, const char *name);
/* A parameter of the route's path, which declares it: never NULL. */
const char *request_path_parameter(const struct exchange *exchange, const char *name);
/* The same for an identifier: ERR_NOT_FOUND where it is no UUID, so nothing can have it. */
MUST_CHECK enum err request_path_uuid(const struct exchange *exchange, const char *name,
                                      const char **id);
/* The value of a query key; NULL where it was not given. */
const char *request_query(const struct exchange *exchange, const char *name);
/* True where Accept prefers text/csv to application/json. */
bool request_wants_csv(const struct exchange *exchange);
/* True where If-None-Match names this quoted ETag: answer 304. */
bool request_has_etag(const struct exchange *exchange, const char *etag);
/* Reads ?limit=, 20 by default. False, with an error in `errors`, where it is not 1 to 100. */
bool request_limit(struct exchange *exchange, int64_t *limit);
/* Reads ?limit= and ?cursor=, a cursor of time and id or a number. False, with every mistake in
 * `errors`, where one is wrong. */
bool request_page_time(struct exchange *exchange, struct page *page);
bool request_page_number(struct exchange *exchange, struct page *page);

/* Sends JSON text that lives as long as the arena (built by PostgreSQL or json_text). */
enum err response_json(struct exchange *exchange, int status, const char *json);
enum err response_value(struct exchange *exchange, int status, const struct value *value);
/* Sends the act's answer: context.answer (core/act.h). */
enum err response_answer(struct exchange *exchange);
/* The same for an answer that contains a secret, and says so (is_secret): Cache-Control: no-store keeps it out of
 * caches. */
enum err response_secret(struct exchange *exchange);
enum err response_empty(struct exchange *exchange, int status);
/* Sends bytes to be downloaded as a file of that name (RFC 6266, nosniff, sandbox). */
enum err response_file(struct exchange *exchange, const char *content_type, const char *file_name,
                       const void *bytes, size_t length);
/* A file that comes in parts, `length` bytes in all. */
enum err response_file_stream(struct exchange *exchange, const char *content_type,
                              const char *file_name, int64_t length, response_stream stream,
                              void *state);
enum err response_stream_start(struct exchange *exchange, const char *content_type,
                               response_stream stream, void *state, void (*end)(void *state));
void response_header(struct exchange *exchange, const char *name, const char *value);
/* Sets the ETag of a version number: "7". */
void response_etag(struct exchange *exchange, int64_t version);
/* Reads the version of If-Match; -1 for "*" (any version). ERR_PRECONDITION_REQUIRED where it is
 * missing, ERR_BAD_REQUEST where it is no version. */
MUST_CHECK enum err request_if_match(struct exchange *exchange, int64_t *version);
/* The same for an act that judges what was read: "*" is ERR_PRECONDITION_REQUIRED too. */
MUST_CHECK enum err request_if_read(struct exchange *exchange, int64_t *version);
/* Adds a field error. */
void exchange_error(struct exchange *exchange, const char *pointer, const char *code,
                    const char *message);

#endif
