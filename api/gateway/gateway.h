#ifndef GUICHET_GATEWAY_GATEWAY_H
#define GUICHET_GATEWAY_GATEWAY_H
/* The gateway: verify → limit → forward → record. README.md describes the way of a call. */
#include "core/context.h"
#include "core/gateway_port.h"
#include "product/gateway_error.h"

enum { GATEWAY_HEADERS_MAX = 16 };

struct gateway_pair {
    const char *name;
    const char *value;
};

struct gateway_request {
    const char *product;
    const char *path; /* below the product, without first slash, decoded: "v4/insee/…" */
    const struct gateway_pair *query; /* decoded; repeated keys stay repeated */
    size_t query_count;
    const char *authorization; /* NULL without */
    const char *if_none_match; /* NULL without */
    const char *cache_control; /* NULL without */
    const char *address;       /* caller's IP; NULL: what its proxies say cannot be read */
    const char *hop;           /* the same, or the last proxy: to count calls by */
    const char *request_id;
    const char *traceparent; /* passed on to the provider (W3C Trace Context); NULL without */
    int64_t started_us;      /* monotonic */
};

/* In the arena of the call. */
struct gateway_response {
    int status;
    const char *content_type; /* NULL: no body */
    const char *body;
    size_t body_bytes;
    struct gateway_pair headers[GATEWAY_HEADERS_MAX];
    size_t headers_count;
    const char *token_id; /* for the log; NULL where no good token was sent */
};

/* Reads the endpoints and the samples. ERR_INVALID with every mistake in `errors`. Pass `*out` to gateway_free
 * in every case. Borrows `services` until then. */
MUST_CHECK enum err gateway_new(const struct services *services, struct field_errors *errors,
                                struct gateway **out);
/* Starts the threads of the change listener and of the call log. The database may be unreachable. */
MUST_CHECK enum err gateway_start(struct gateway *gateway);
/* Requires that no call is running. Writes every answered call to the database, if that answers. NULL does
 * nothing. */
void gateway_free(struct gateway *gateway);
/* Runs one call; always fills the response. Thread-safe. */
void gateway_run_call(struct gateway *gateway, struct arena *arena,
                      const struct gateway_request *request, struct gateway_response *response);
/* Answers an error, in the gateway's format, for a request that did not become a call. Thread-safe. */
void gateway_refuse(struct arena *arena, enum gateway_error_id error,
                    struct gateway_response *response);
/* The functions that lower rooms call (core/gateway_port.h). */
struct gateway_port gateway_get_port(struct gateway *gateway);

/* A provider of a product. */
struct gateway_provider_name {
    const char *product;
    const char *provider;
};
/* Every provider that is called over the network, in the arena. `*sandboxed_count`: those that the sandbox stands
 * for. */
void gateway_list_remote(const struct gateway *gateway, struct arena *arena,
                         struct gateway_provider_name **out, size_t *count,
                         size_t *sandboxed_count);
/* Tries one of them: see remote_try. */
MUST_CHECK enum err gateway_try_remote(const struct gateway *gateway, struct arena *arena,
                                       const struct gateway_provider_name *name, const char **said);

#endif
