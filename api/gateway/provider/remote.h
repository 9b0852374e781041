#ifndef GUICHET_GATEWAY_PROVIDER_REMOTE_H
#define GUICHET_GATEWAY_PROVIDER_REMOTE_H
/* A provider that is reached over HTTP: its connections, a bound on the calls under way, and a breaker
 * that spares a provider which fails again and again. Thread-safe. */
#include "base/arena.h"
#include <stdbool.h>
#include <stdint.h>

struct call;
struct provider;
struct remote;
struct gateway_provider; /* core/gateway_port.h */

enum {
    REMOTE_UNDER_WAY_MAX = 1024, /* of the server's 4,096 connections: the other providers go on */
    REMOTE_FAILURES_TO_OPEN = 5, /* one after the other */
    REMOTE_OPEN_MS = 5000,       /* then a single call tries again */
    REMOTE_RECENT_MS = 10 * 60 * 1000, /* an older answer says nothing about now */
    REMOTE_ANSWER_BYTES_MAX = 16 * 1024 * 1024,
};

/* `provider` must outlive it. Never NULL. */
struct remote *remote_new(const struct provider *provider);
void remote_free(struct remote *remote); /* NULL does nothing */
/* Asks the call's provider and fills the response; false where none was asked: what was kept of an
 * earlier answer is fresh, or the breaker is open. What he found (200) and what he may not give (404,
 * 451) is passed on as it came, unread; of the headers only those that describe it. Of the caller nothing is forwarded but the validated parameters. */
bool remote_call(struct remote *remote, struct call *call);
/* State, time of the last call, and end of the pause where the breaker is open. */
void remote_get_state(struct remote *remote, int64_t now_ms, struct gateway_provider *out);

#endif
