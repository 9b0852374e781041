#ifndef GUICHET_GATEWAY_WATCHER_H
#define GUICHET_GATEWAY_WATCHER_H
/* One thread that keeps the gateway's copies fresh: it hears of changes of tokens and signing keys
 * at once, and asks every few seconds what changed where a notification was lost. So a revocation
 * reaches every instance within 5 s in any case. It also writes down when tokens were last called. */
#include "domain/context.h"
#include "gateway/token_table.h"

struct watcher;

/* Borrows both until watcher_free, which ends the thread. NULL where it cannot be started. */
struct watcher *watcher_new(const struct services *services, struct token_table *tokens);
void watcher_free(struct watcher *watcher);

#endif
