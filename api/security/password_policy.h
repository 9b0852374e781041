#ifndef GUICHET_SECURITY_PASSWORD_POLICY_H
#define GUICHET_SECURITY_PASSWORD_POLICY_H
/* Which passwords people may choose. Thread-safe. */
#include "base/field_errors.h"

enum { PASSWORD_CHARACTERS_MIN = 12, PASSWORD_CHARACTERS_MAX = 128 };

/* Adds what is wrong with the password at `pointer`, every reason at once: `too_short` or
 * `too_long` (characters are code points), `too_common` (in common_passwords.def once in lower case
 * and without trailing digits and punctuation, or almost one character only), `contains_identity`
 * (the e-mail's part before the @, from three characters, or a name, from four); the case of
 * letters never matters. `email` and the names may be NULL. */
void password_policy_check(struct field_errors *errors, const char *pointer, const char *password,
                           const char *email, const char *given_name, const char *family_name);

#endif
