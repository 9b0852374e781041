#ifndef GUICHET_ACCOUNT_SIGN_UP_H
#define GUICHET_ACCOUNT_SIGN_UP_H
/* From a stranger to an account: sign-up, activation by a mailed link, the link once more. A sign-up makes a
 * registration and nothing else; the account is made by the activation, whose link proves that one holds the
 * mailbox. The answer does not depend on whether somebody has the address, and neither does its time: the job that
 * mails looks for the account. Thread-safe; failures other than those named are those of an act. */
#include "core/context.h"
#include "core/email.h"
#include "core/siret.h"

/* How many registrations wait for one address. */
enum { REGISTRATIONS_MAX = 5 };

struct sign_up {
    struct email email;
    const char *given_name;
    const char *family_name;
    const char *job_title; /* NULL where none */
    const char *phone;     /* NULL where none */
    char siret[SIRET_TEXT_BYTES];
};

struct activation {
    const char *token; /* the link's secret */
    const char *password;
    const char *given_name;  /* NULL: as typed at the sign-up */
    const char *family_name; /* the same */
};

/* Keeps a registration that lives for 24 hours, and answers 202 with what the domain of the e-mail makes likely. One
 * more than REGISTRATIONS_MAX is answered alike and not kept. The reader's errors are in context->errors already;
 * those of the directory are added, so that ERR_INVALID names all of them. The directory is asked before the
 * transaction begins. */
MUST_CHECK enum err sign_up(struct context *context, const struct sign_up *input);
/* What a link is about: schema ActivationPreview. ERR_INVALID with an error at /token where it was used, replaced or
 * is too old, or where its address has an account by now. */
MUST_CHECK enum err sign_up_preview(struct context *context, const char *token,
                                    const char **document);
/* Makes the account of a registration, ends the others of the address, and answers 200 with the state of the
 * membership. The errors of the preview, and those of the password. The browser that sets the password is a known
 * device by the cookie `*device`, which takes the place of `device_cookie` (NULL: none). */
MUST_CHECK enum err sign_up_activate(struct context *context, const struct activation *input,
                                     const char *device_cookie, const char **device);
/* Has the worker mail what fits to the owner of an address. */
MUST_CHECK enum err sign_up_resend(struct context *context, const struct email *email);

#endif
