#ifndef GUICHET_ACCOUNT_SECOND_FACTOR_H
#define GUICHET_ACCOUNT_SECOND_FACTOR_H
/* Time-based codes (security/totp.h) and recovery codes of the actor's account. The secret is sealed, recovery
 * codes are hashed under the master key. Everything returned lives in the context's arena. Thread-safe;
 * failures other than those named are those of an act. */
#include "core/act.h"

struct second_factor_enrolment {
    const char *secret_text; /* base32, shown once */
    const char *uri;         /* otpauth://… */
};

/* Makes a secret that second_factor_confirm is to confirm; one that is not confirmed yet is replaced.
 * ERR_CONFLICT where one is confirmed already. */
MUST_CHECK enum err second_factor_start(struct context *context,
                                        struct second_factor_enrolment *out);
/* Confirms the factor by its first code, and answers 200 with the recovery codes. ERR_INVALID with an error at
 * /code where it is wrong; ERR_CONFLICT where no factor waits for it; ERR_RATE_LIMITED. */
MUST_CHECK enum err second_factor_confirm(struct context *context, const char *code);
/* Answers 200 with new recovery codes; the former ones end. ERR_CONFLICT where no factor is confirmed. */
MUST_CHECK enum err second_factor_replace_codes(struct context *context);
/* Removes the factor and answers 204. ERR_CONFLICT where there is none, or a role requires it. */
MUST_CHECK enum err second_factor_remove(struct context *context);

/* Checks a code or a recovery code, each good for one use, in an act of the caller that counts the attempt
 * by the two functions below. ERR_INVALID with an error at /code where it is wrong; ERR_CONFLICT where no
 * factor is confirmed. */
MUST_CHECK enum err second_factor_check(struct act *act, const char *code);
/* In an act of the caller that showed the factor: calls off a removal that an administrator asked for because
 * it was said to be lost, and tells the person. */
MUST_CHECK enum err second_factor_keep(struct act *act);
/* Counts one attempt before the act begins. `subject`: the account, or a known device of it. ERR_RATE_LIMITED after
 * too many. */
MUST_CHECK enum err second_factor_take_attempt(struct context *context, const char *subject);
/* Takes the attempt back unless `outcome`, which it returns, is that of a wrong code (ERR_INVALID). */
MUST_CHECK enum err second_factor_settle_attempt(struct context *context, const char *subject,
                                                 enum err outcome);

#endif
