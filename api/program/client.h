#ifndef GUICHET_PROGRAM_CLIENT_H
#define GUICHET_PROGRAM_CLIENT_H
/* Third-party programs, which authenticate by client credentials (RFC 6749, 4.4). A program acts within its scopes,
 * on one organisation or one product, with the rights of those of its responsible persons who count now
 * (http/on_behalf.h); where none does, it is refused. Access tokens are opaque, stored as hashes, and valid for an
 * hour: their row is read at each request, so they become invalid at once with their client or their secret, and lose
 * the scopes that the client loses. Results are in the arena. Thread-safe. */
#include "core/context.h"

enum { CLIENT_ACCESS_TOKEN_S = 3600 };

/* Finds the program behind an access token of POST /v1/oauth/token (any text of up to 4 kB) and fills
 * `actor`: kind ACTOR_CLIENT, client, scopes, what it is bound to, and its persons, with their roles on the
 * product that it is bound to. Leaves `address` and `request_id` of the actor as they are.
 * ERR_UNAUTHENTICATED: the token is unknown, expired or revoked; ERR_PROGRAM_STOPPED: it is good, and no
 * responsible person of its program counts. */
MUST_CHECK enum err client_find_by_token(const struct services *services, struct arena *arena,
                                         const char *token, struct actor *actor);
/* The same by identifier and secret (any texts); `*secret_id` is the id of the secret that matched.
 * ERR_BAD_CREDENTIALS: no client has this identifier and living secret; ERR_PROGRAM_STOPPED as above. */
MUST_CHECK enum err client_authenticate(const struct services *services, struct arena *arena,
                                        const char *id, const char *secret, struct actor *actor,
                                        const char **secret_id);

/* Issues an access token to an authenticated program. `scopes`: separated by blanks, NULL for all that the
 * program has; `*granted`: those of the token. ERR_INVALID where the program does not have one of them. */
MUST_CHECK enum err client_issue_token(const struct services *services, struct arena *arena,
                                       const struct actor *actor, const char *secret_id,
                                       const char *scopes, const char **token,
                                       const char **granted);
/* The answer of RFC 7662 for a valid access token of this program itself; `*json` is NULL for anything else. */
MUST_CHECK enum err client_introspect(const struct services *services, struct arena *arena,
                                      const struct actor *actor, const char *token,
                                      const char **json);
/* Revokes an access token of this program itself (RFC 7009); `*is_own` is false for any other text. */
MUST_CHECK enum err client_revoke_token(const struct services *services, struct arena *arena,
                                        const struct actor *actor, const char *token, bool *is_own);

#endif
