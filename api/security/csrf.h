#ifndef GUICHET_SECURITY_CSRF_H
#define GUICHET_SECURITY_CSRF_H
/* The value that a page sends back in X-CSRF-Token. It is derived from the session's secret, which
 * only the cookie holds, so that nothing more is stored. Thread-safe. */
#include "base/arena.h"
#include <stdbool.h>

/* `session_secret`: the cookie's value (random_token). 43 characters, in the arena. */
const char *csrf_derive(struct arena *arena, const char *session_secret);
/* `expected` from csrf_derive; `sent` may be NULL. In constant time. */
bool csrf_matches(const char *expected, const char *sent);

#endif
