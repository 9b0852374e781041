#ifndef GUICHET_DOMAIN_CLIENT_H
#define GUICHET_DOMAIN_CLIENT_H
/* Programs of third parties, known by client credentials (RFC 6749, 4.4). Thread-safe. */
#include "domain/context.h"

/* Finds the program behind an access token from POST /v1/oauth/token (any text, never longer than
 * 4 kB) and fills `actor` in the arena: kind ACTOR_CLIENT, client, scopes, and the account that
 * created it with its roles. `address` and `request_id` of the actor are left alone.
 * ERR_UNAUTHENTICATED: no such token, expired or revoked. */
MUST_CHECK enum err client_find_by_token(const struct services *services, struct arena *arena,
                                         const char *token, struct actor *actor);

#endif
