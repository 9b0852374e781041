#ifndef GUICHET_GATEWAY_PROVIDER_REMOTE_H
#define GUICHET_GATEWAY_PROVIDER_REMOTE_H
/* A provider over HTTP: its connections, a bound on concurrent calls, and a circuit breaker that pauses calls
 * to a provider that keeps failing. Thread-safe. */
#include "base/arena.h"
#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

struct call;
struct config;
struct provider;
struct remote;
struct gateway_provider; /* core/gateway_port.h */

enum {
    REMOTE_UNDER_WAY_MAX =
        1024, /* of the server's 4,096 connections: others stay for other providers */
    REMOTE_FAILURES_TO_OPEN = 5,       /* in a row */
    REMOTE_OPEN_MS = 5000,             /* then one call probes the provider */
    REMOTE_RECENT_MS = 10 * 60 * 1000, /* an older answer says nothing about now */
    REMOTE_ANSWER_BYTES_MAX = 16 * 1024 * 1024,
};

/* `provider` and `config` must outlive it. Never NULL. */
struct remote *remote_new(const struct provider *provider, const struct config *config);
void remote_free(struct remote *remote); /* NULL does nothing */
/* Calls the provider and fills the response; false where it was not called: a cached answer is fresh, or the
 * breaker is open. A body with 200, 404 or 451 is passed on unread, with the headers that describe it and no
 * others. The provider gets the validated parameters, and nothing else of the caller's request. */
bool remote_call(struct remote *remote, struct call *call);
/* State, time of the last call, and, while the breaker is open, when it ends. */
void remote_get_state(struct remote *remote, int64_t now_ms, struct gateway_provider *out);
/* GET of its base URL with its credentials, beside the calls: neither breaker nor cache take part. `*said`, in the
 * arena or static, in every case. ERR_FORBIDDEN: it answers 401 or 403; ERR_BAD_CREDENTIALS: nobody gives us an
 * access token for it; ERR_UPSTREAM: 5xx or no readable answer; others as http_client_send. Any other answer will do:
 * a base URL need not be a page. */
MUST_CHECK enum err remote_try(struct remote *remote, struct arena *arena, const char **said);

#endif
