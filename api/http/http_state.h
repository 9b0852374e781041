#ifndef GUICHET_HTTP_HTTP_STATE_H
#define GUICHET_HTTP_HTTP_STATE_H
/* What the HTTP threads share. Set once before the server listens; the atomics change later. */
#include "base/ip.h"
#include "core/context.h"
#include <stdatomic.h>

struct exchange;
struct static_files;
struct ratelimit;

struct http_state {
    const struct services *services;
    struct static_files *static_files; /* NULL: no frontend */
    struct ratelimit *ratelimit;       /* NULL: no limits */
    struct ip_block *proxies;          /* whose X-Forwarded-For is believed */
    size_t proxies_count;
    /* account/session.h and program/client.h; NULL: no such credential is known. */
    enum err (*find_session)(const struct services *services, struct arena *arena,
                             const char *secret, struct actor *actor);
    enum err (*find_client)(const struct services *services, struct arena *arena, const char *token,
                            struct actor *actor);
    /* Renders a failure in a format of its own; false: problem+json. NULL: always problem+json. */
    bool (*render_error)(struct exchange *exchange, enum err err);
    atomic_size_t connections;
    atomic_size_t connections_cut;
    atomic_size_t body_bytes;   /* of bodies in memory, under way and being handled */
    atomic_size_t upload_bytes; /* of bodies in files */
    atomic_size_t answer_bytes; /* of large answers in files */
    atomic_bool stopping;       /* a stop was asked for: readiness is 503, connections are closed */
};

#endif
