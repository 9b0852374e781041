#ifndef GUICHET_CORE_GATEWAY_PORT_H
#define GUICHET_CORE_GATEWAY_PORT_H
/* What the rooms below the gateway use of it without including it. Filled in app.c by
 * gateway/gateway.h. Thread-safe. */
#include "base/arena.h"
#include "base/err.h"
#include "base/value.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The state of a provider, as the calls of this instance saw it. */
struct gateway_provider {
    bool is_sandbox;
    const char *state;     /* schema Provider of openapi.yaml */
    int64_t checked_at_ms; /* when it last answered or failed; -1: not asked yet */
    int64_t retry_at_ms;   /* end of the maintenance or of the pause; -1: none */
};

struct gateway_port {
    struct gateway *gateway;
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
