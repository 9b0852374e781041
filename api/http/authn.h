#ifndef GUICHET_HTTP_AUTHN_H
#define GUICHET_HTTP_AUTHN_H
/* Who asks, whether the route is open to him, and whether his browser meant it. */
#include "http/route.h"

/* Fills exchange->actor from `Authorization: Bearer` or the session cookie. A credential that is
 * shown and does not hold is ERR_UNAUTHENTICATED, but a session cookie on a public route, which
 * then counts as none. ACCESS_CLIENT and ACCESS_GATEWAY: credentials other than a program's token
 * are the handler's. */
MUST_CHECK enum err authn_identify(struct exchange *exchange, const struct route *route);
/* ERR_UNAUTHENTICATED, ERR_FORBIDDEN, ERR_RECENT_LOGIN_REQUIRED or ERR_SECOND_FACTOR_REQUIRED. */
MUST_CHECK enum err authn_check_access(struct exchange *exchange, const struct route *route);
/* For unsafe methods: ERR_CSRF where a browser says that another site sent it (Sec-Fetch-Site, else
 * Origin), or where a session acts without its X-CSRF-Token. */
MUST_CHECK enum err authn_check_intent(struct exchange *exchange, const struct route *route);

#endif
