#ifndef GUICHET_ACCOUNT_DEVICE_H
#define GUICHET_ACCOUNT_DEVICE_H
/* Known devices: a browser that logged in before, or set the password, carries a cookie that says so, and has a counter of wrong
 * passwords and codes of its own. Whoever guesses elsewhere uses up other counters, and so keeps nobody out of
 * their account where they usually log in (OWASP, "device cookies").
 *
 * The cookie is sealed under the master key and names up to four accounts, each with a random number of the
 * device. It proves nothing but that somebody knew all that the account asks for, second factor included: it
 * opens no session. It lasts 180 days from the last log-in and ends when the password changes. Nothing is stored.
 * Texts live in the context's arena. Thread-safe. */
#include "core/context.h"

enum {
    DEVICE_LIVES_S = 180 * 24 * 3600,
    DEVICE_COOKIE_BYTES_MAX = 2048,
};

/* `*device`: the number of this device for an account, NULL where the cookie (NULL: none) does not know it.
 * Failures are those of a statement. */
MUST_CHECK enum err device_find(struct context *context, struct tx *tx, const char *cookie,
                                const char *account_id, const char **device);
/* The cookie after a log-in to an account: the newest first, the others that `cookie` knows behind it, the number
 * kept where there was one. `*renewed` is NULL where the log-in is not complete: a second factor is enrolled and
 * `passed` is false. */
MUST_CHECK enum err device_renew(struct context *context, struct tx *tx, const char *cookie,
                                 const char *account_id, bool passed, const char **renewed);

#endif
