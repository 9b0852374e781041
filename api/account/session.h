#ifndef GUICHET_ACCOUNT_SESSION_H
#define GUICHET_ACCOUNT_SESSION_H
/* Who sends a request, by its session cookie. */
#include "core/context.h"

/* Finds the living session behind `secret`, the value of a cookie (any text of up to 4 kB), and fills
 * `actor` in the arena: kind ACTOR_ACCOUNT, account, e-mail, session, expected CSRF token, time of log-in,
 * second factor, roles. Its `address` and `request_id` are left alone. ERR_UNAUTHENTICATED: there is no such
 * session, it ended or expired, or the account is not active. Thread-safe. */
MUST_CHECK enum err session_find(const struct services *services, struct arena *arena,
                                 const char *secret, struct actor *actor);

#endif
