#ifndef GUICHET_ENGINE_LISTENER_H
#define GUICHET_ENGINE_LISTENER_H
/* Notifications (LISTEN) on a connection of their own, which goes straight to PostgreSQL even where
 * the pool uses a pooler. One thread uses a listener. */
#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

struct listener;

struct notification {
    char channel[64];
    char payload[128]; /* longer ones are cut */
};

/* Does not connect yet. `channels` ends with NULL and is borrowed. The caller frees. */
struct listener *listener_new(const char *url, const char *const *channels);
void listener_free(struct listener *listener);
/* Waits for one notification, at most `timeout_ms`; `*got` is true where one came. Connects where
 * needed, at most once a second. ERR_UNAVAILABLE while there is no connection, after the same wait:
 * notifications may have been lost. `*connected` is true where this call made a new connection.
 * `wake_fd` ends the wait where it becomes readable; -1 for none. */
MUST_CHECK enum err listener_wait(struct listener *listener, int timeout_ms, int wake_fd,
                                  struct notification *out, bool *got, bool *connected);

#endif
