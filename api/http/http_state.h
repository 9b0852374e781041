#ifndef GUICHET_HTTP_HTTP_STATE_H
#define GUICHET_HTTP_HTTP_STATE_H
/* What the HTTP side shares between its threads: set once before the server listens. */
#include "base/ip.h"
#include "domain/context.h"
#include <stdatomic.h>

struct static_files;
struct ratelimit;

struct http_state {
    const struct services *services;
    struct static_files *static_files; /* NULL: no frontend */
    struct ratelimit *ratelimit;       /* NULL: no limits */
    struct ip_block *proxies;          /* whose X-Forwarded-For is believed */
    size_t proxies_count;
    /* domain/session.h and domain/client.h; NULL: no such credential is known. */
    enum err (*find_session)(const struct services *services, struct arena *arena,
                             const char *secret, struct actor *actor);
    enum err (*find_client)(const struct services *services, struct arena *arena, const char *token,
                            struct actor *actor);
    atomic_size_t connections;
    atomic_size_t connections_reaped;
    atomic_bool stopping; /* a stop was asked for: readiness is 503, connections are closed */
};

#endif
