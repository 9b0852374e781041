#ifndef GUICHET_PROGRAM_OAUTH_H
#define GUICHET_PROGRAM_OAUTH_H
/* What the routes behind ACCESS_CLIENT share: the program says who it is, and hears why not in the words of
 * RFC 6749, 5.2. */
#include "http/exchange.h"

/* Renders the failure with the members of RFC 6749 beside those of a problem; the handler returns the result. */
enum err oauth_refuse(struct exchange *exchange, int status, const char *error,
                      const char *description);
/* Authenticates by HTTP Basic or in the form, not both, or by an access token: true where the program is known,
 * and then fills the actor, and `*secret_id` where it was a secret. Otherwise the failure is rendered, or in
 * `*err`. */
bool oauth_authenticate(struct exchange *exchange, const char **secret_id, enum err *err);

#endif
