#ifndef GUICHET_ACCOUNT_SIGN_UP_H
#define GUICHET_ACCOUNT_SIGN_UP_H
/* From a stranger to an account: sign-up, activation by the mailed link, the link once more. Nothing
 * that is answered, nor the work done, depends on whether the e-mail is known. */
#include "core/context.h"
#include "core/email.h"
#include "core/siret.h"
#include "organisation/membership.h"

enum { ACTIVATION_LIVES_S = 24 * 3600 };

struct sign_up {
    struct email email;
    const char *password;
    const char *given_name;
    const char *family_name;
    const char *job_title; /* NULL where none */
    const char *phone;     /* NULL where none */
    char siret[SIRET_TEXT_BYTES];
};

/* `*foreseen`: what the e-mail's domain makes likely. Mistakes that the reader found are already in
 * context->errors; those of the directory and of the password are added, so that all come at once. */
MUST_CHECK enum err sign_up(struct context *context, const struct sign_up *input,
                            enum membership_case *foreseen);
/* Uses the link. `*attached`: the state of the membership. ERR_INVALID with an error at /token where
 * the link is used, replaced or too old. */
MUST_CHECK enum err sign_up_activate(struct context *context, const char *token, bool *attached);
/* Has the worker look the address up and mail what fits, whether it is known or not. */
MUST_CHECK enum err sign_up_resend(struct context *context, const struct email *email);

#endif
