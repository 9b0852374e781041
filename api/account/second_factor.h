#ifndef GUICHET_ACCOUNT_SECOND_FACTOR_H
#define GUICHET_ACCOUNT_SECOND_FACTOR_H
/* Time-based codes and recovery codes of the caller's account (security/totp.h). The secret is
 * sealed, recovery codes are hashed under the master key. */
#include "base/value.h"
#include "core/context.h"

struct second_factor_enrolment {
    const char *secret_text; /* base32, shown once */
    const char *uri;         /* otpauth://… */
};

/* ERR_CONFLICT where one is confirmed already. */
MUST_CHECK enum err second_factor_start(struct context *context,
                                        struct second_factor_enrolment *out);
/* The first code confirms; `*codes` are the recovery codes as an array of JSON, shown once. */
MUST_CHECK enum err second_factor_confirm(struct context *context, const char *code,
                                          const struct value **codes);
/* ERR_CONFLICT where none is enrolled. */
MUST_CHECK enum err second_factor_replace_codes(struct context *context,
                                                const struct value **codes);
/* ERR_CONFLICT where none is enrolled or the role requires one. */
MUST_CHECK enum err second_factor_remove(struct context *context);
/* A code or a recovery code, each good once. ERR_INVALID with an error at /code where it is not. */
MUST_CHECK enum err second_factor_check(struct context *context, const char *code);

#endif
