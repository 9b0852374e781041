#ifndef GUICHET_GATEWAY_TOKEN_CHANGE_LISTENER_H
#define GUICHET_GATEWAY_TOKEN_CHANGE_LISTENER_H
/* One thread that keeps the token cache and the signing keys current: LISTEN tells of a change at once, and a
 * poll every 3 s finds what a lost notification would have told, so that a revocation reaches every instance
 * within 5 s. It also writes when tokens were last called. */
#include "core/context.h"
#include "gateway/token/token_cache.h"

struct change_listener;

/* Borrows both until change_listener_free, which ends the thread and writes the times of last calls. NULL
 * where the thread cannot be started. */
struct change_listener *change_listener_new(const struct services *services,
                                            struct token_cache *tokens);
void change_listener_free(struct change_listener *change_listener);

#endif
