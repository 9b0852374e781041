#ifndef GUICHET_DOMAIN_GATEWAY_PORT_H
#define GUICHET_DOMAIN_GATEWAY_PORT_H
/* How the HTTP side reaches the gateway without knowing how it works. Filled in app.c by
 * gateway/gateway.h. Thread-safe. */
#include "base/arena.h"
#include "base/err.h"
#include "base/value.h"
#include "domain/gateway_error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
    const char *address;       /* caller's IP */
    const char *request_id;
    int64_t started_us; /* monotonic */
};

/* Everything in the arena of the call. */
struct gateway_response {
    int status;
    const char *content_type; /* NULL: no body */
    const char *body;
    size_t body_bytes;
    struct gateway_pair headers[GATEWAY_HEADERS_MAX];
    size_t headers_count;
};

/* How a provider is, as the calls of this instance saw it. */
struct gateway_provider {
    bool is_sandbox;
    const char *state;     /* schema Provider of openapi.yaml */
    int64_t checked_at_ms; /* when it last answered or failed; -1: not asked yet */
    int64_t retry_at_ms;   /* end of the maintenance or of the pause; -1: none */
};

struct gateway_port {
    struct gateway *gateway;
    /* Always gives an answer. */
    void (*call)(struct gateway *gateway, struct arena *arena,
                 const struct gateway_request *request, struct gateway_response *response);
    /* An error in the gateway's format for what never became a call. */
    void (*refuse)(struct arena *arena, enum gateway_error_id error,
                   struct gateway_response *response);
    /* The consumption of a token against each of its limits now: schema Limits of openapi.yaml. */
    enum err (*limits)(struct gateway *gateway, struct arena *arena, const char *token_id,
                       const char *product, struct value **out);
    /* Paths of the product's endpoints that the token opens now, as an array of texts. */
    enum err (*opened)(struct gateway *gateway, struct arena *arena, const char *token_id,
                       const char *product, struct value **paths);
    /* False where the product has no such provider. */
    bool (*provider)(struct gateway *gateway, const char *product, const char *id,
                     struct gateway_provider *out);
};

#endif
