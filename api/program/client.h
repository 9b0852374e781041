#ifndef GUICHET_PROGRAM_CLIENT_H
#define GUICHET_PROGRAM_CLIENT_H
/* Programs of third parties, known by client credentials (RFC 6749, 4.4). A program acts for the
 * account that created it, within its scopes, on one organisation or one product; it is let in no
 * longer than that account may. Access tokens are opaque, kept hashed, and live for an hour: a row
 * is looked up at each request, so they are dead with their client or their secret at once. Thread-safe. */
#include "core/context.h"

enum { CLIENT_ACCESS_TOKEN_S = 3600 };

/* Finds the program behind an access token from POST /v1/oauth/token (any text, never longer than
 * 4 kB) and fills `actor` in the arena: kind ACTOR_CLIENT, client, scopes, what it is bound to, and
 * the account that created it, with the roles on the product that it is bound to. `address` and
 * `request_id` of the actor are left alone. ERR_UNAUTHENTICATED: no such token, expired or revoked. */
MUST_CHECK enum err client_find_by_token(const struct services *services, struct arena *arena,
                                         const char *token, struct actor *actor);
/* The same by identifier and secret (any texts). ERR_BAD_CREDENTIALS: no such pair. `*secret_id` is
 * the secret that it used. */
MUST_CHECK enum err client_authenticate(const struct services *services, struct arena *arena,
                                        const char *id, const char *secret, struct actor *actor,
                                        const char **secret_id);

/* A new access token for an authenticated program. `scopes`: separated by blanks, NULL for all of
 * its own; ERR_INVALID where it asks for one that it has not. `*granted`: those it got. */
MUST_CHECK enum err client_issue_token(const struct services *services, struct arena *arena,
                                       const struct actor *actor, const char *secret_id,
                                       const char *scopes, const char **token,
                                       const char **granted);
/* RFC 7662 for an access token of this very program; NULL in `*json` for anything else. */
MUST_CHECK enum err client_introspect(const struct services *services, struct arena *arena,
                                      const struct actor *actor, const char *token,
                                      const char **json);
/* RFC 7009, likewise; one that is not its own is left alone. */
MUST_CHECK enum err client_revoke_token(const struct services *services, struct arena *arena,
                                        const struct actor *actor, const char *token);
/* True where `name` is among `scopes`, separated by blanks. */
bool client_scopes_have(const char *scopes, const char *name, size_t length);

#endif
