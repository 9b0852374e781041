#ifndef GUICHET_GATEWAY_TOKEN_CHANGE_LISTENER_H
#define GUICHET_GATEWAY_TOKEN_CHANGE_LISTENER_H
/* One thread that keeps the gateway's copies fresh: it hears of changes of tokens and signing keys
 * at once, and asks every few seconds what changed where a notification was lost. So a revocation
 * reaches every instance within 5 s in any case. It also writes down when tokens were last called. */
#include "core/context.h"
#include "gateway/token/token_cache.h"

struct change_listener;

/* Borrows both until change_listener_free, which ends the thread. NULL where it cannot be started. */
struct change_listener *change_listener_new(const struct services *services,
                                            struct token_cache *tokens);
void change_listener_free(struct change_listener *change_listener);

#endif
