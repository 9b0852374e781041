#ifndef GUICHET_ACCOUNT_SESSION_H
#define GUICHET_ACCOUNT_SESSION_H
/* Who sends a request, by its session cookie. Thread-safe. */
#include "core/context.h"

/* Finds the living session behind a cookie's value (any text, never longer than 4 kB) and fills
 * `actor` in the arena: kind ACTOR_ACCOUNT, account, e-mail, session, expected CSRF token, time of
 * log-in, second factor, roles. `address` and `request_id` of the actor are left alone.
 * ERR_UNAUTHENTICATED: no such session, ended, expired, or an account that may not log in. */
MUST_CHECK enum err session_find(const struct services *services, struct arena *arena,
                                 const char *secret, struct actor *actor);

#endif
