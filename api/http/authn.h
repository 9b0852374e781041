#ifndef GUICHET_HTTP_AUTHN_H
#define GUICHET_HTTP_AUTHN_H
/* Who sends a request, whether the route is open to them, and whether their browser meant to send it.
 * Thread-safe: each call works on its own exchange. */
#include "http/route.h"

/* Fills exchange->actor from `Authorization: Bearer` or the session cookie. ERR_UNAUTHENTICATED where a credential is
 * sent and is not valid, ERR_PROGRAM_STOPPED where nobody answers for its program any more; on a public route an
 * invalid session cookie counts as none. ACCESS_CLIENT and ACCESS_GATEWAY: credentials other than a program's token
 * are left to the handler. */
MUST_CHECK enum err authn_identify(struct exchange *exchange, const struct route *route);
/* Checks exchange->actor against the route's access: ERR_UNAUTHENTICATED, ERR_FORBIDDEN,
 * ERR_RECENT_LOGIN_REQUIRED or ERR_SECOND_FACTOR_REQUIRED. */
MUST_CHECK enum err authn_check_access(struct exchange *exchange, const struct route *route);
/* True where the roles of the actor open the route's access; a program has those of one person at a time. */
bool authn_has_role(const struct actor *actor, const struct route *route);
/* Checks that the program has one of the scopes of `asked` (NULL: closed to programs): ERR_FORBIDDEN, with
 * RFC 6750's insufficient_scope in WWW-Authenticate, where it has none. authn_check_access asks for those of
 * the route, for every access but ACCESS_CLIENT, whose handlers know the program later. */
MUST_CHECK enum err authn_check_scope(struct exchange *exchange, const char *asked);
/* Protects unsafe methods against cross-site requests: ERR_CSRF where the browser says that another
 * site sent the request (Sec-Fetch-Site, else Origin), or where a session acts without its
 * X-CSRF-Token. */
MUST_CHECK enum err authn_check_intent(struct exchange *exchange, const struct route *route);

#endif
