#ifndef GUICHET_DOMAIN_CLIENT_MEMORY_H
#define GUICHET_DOMAIN_CLIENT_MEMORY_H
/* Who is behind the access tokens of the last second, so that a program which calls often is not
 * looked up at each call. Whatever changes through this instance counts at once
 * (client_memory_forget), what changes elsewhere within CLIENT_MEMORY_MS. Bounded; only tokens that
 * were good are kept. Thread-safe. */
#include "base/arena.h"
#include "domain/actor.h"
#include <stdbool.h>
#include <stdint.h>

enum { CLIENT_MEMORY_MS = 1000 };

struct client_memory;

/* Never NULL. */
struct client_memory *client_memory_new(void);
/* NULL does nothing. */
void client_memory_free(struct client_memory *memory);
/* What was changed up to now: read it before the database is asked. */
uint64_t client_memory_generation(struct client_memory *memory);
/* Fills what client_find_by_token fills, in the arena; false where the token is not remembered. */
bool client_memory_find(struct client_memory *memory, struct arena *arena, const char *token,
                        struct actor *actor);
/* Copies what was found, as of `generation`, for a second or until the token expires. */
void client_memory_store(struct client_memory *memory, const char *token, uint64_t generation,
                         int64_t expires_at_s, const struct actor *actor);
/* Something was changed that may concern any program. */
void client_memory_forget(struct client_memory *memory);

#endif
