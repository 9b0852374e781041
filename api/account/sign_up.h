#ifndef GUICHET_ACCOUNT_SIGN_UP_H
#define GUICHET_ACCOUNT_SIGN_UP_H
/* From a stranger to an account: sign-up, activation by a mailed link, the link once more. The answer does
 * not depend on whether somebody has the address; the password is hashed and the directory asked in both cases,
 * so that its time does not tell either. Thread-safe; failures other than those named are those of an act. */
#include "core/context.h"
#include "core/email.h"
#include "core/siret.h"

struct sign_up {
    struct email email;
    const char *password;
    const char *given_name;
    const char *family_name;
    const char *job_title; /* NULL where none */
    const char *phone;     /* NULL where none */
    char siret[SIRET_TEXT_BYTES];
};

/* Creates an account that waits for its activation, and answers 202 with what the domain of the e-mail makes
 * likely. The reader's errors are in context->errors already; those of the directory and of the password are
 * added, so that ERR_INVALID names all of them. The directory is asked and the password hashed before the
 * transaction begins. */
MUST_CHECK enum err sign_up(struct context *context, const struct sign_up *input);
/* Activates the account by a link's secret (`token`), and answers 200 with the state of its membership.
 * ERR_INVALID with an error at /token where the link was used, replaced or is too old. */
MUST_CHECK enum err sign_up_activate(struct context *context, const char *token);
/* Has the worker mail what fits to the owner of an address. */
MUST_CHECK enum err sign_up_resend(struct context *context, const struct email *email);

#endif
