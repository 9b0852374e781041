#ifndef GUICHET_HTTP_HTTP_STATE_H
#define GUICHET_HTTP_HTTP_STATE_H
/* What the HTTP side shares between its threads: set once before the server listens. */
#include "domain/context.h"
#include <stdatomic.h>

struct static_files;
struct ratelimit;

struct http_state {
    const struct services *services;
    struct static_files *static_files; /* NULL: no frontend */
    struct ratelimit *ratelimit;       /* NULL: no limits */
    atomic_size_t connections;
    atomic_size_t connections_reaped;
    atomic_bool stopping; /* a stop was asked for: readiness is 503, connections are closed */
};

#endif
