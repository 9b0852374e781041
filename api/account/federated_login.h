#ifndef GUICHET_ACCOUNT_FEDERATED_LOGIN_H
#define GUICHET_ACCOUNT_FEDERATED_LOGIN_H
/* Logging in through the identity provider. A person is (issuer, subject); they join the account of
 * their e-mail only where the provider vouches for it, and without that get none. */
#include "core/context.h"

enum { FEDERATED_LOGIN_LIVES_S = 600, FEDERATED_LOGIN_STATE_BYTES_MAX = 4000 };

struct federated_start {
    const char *url;   /* where to send the browser */
    const char *state; /* sealed: to be kept by the browser until it comes back */
};

/* `next`: path to go to at last. `again`: the provider has to ask the person even where it knows
 * them, so that the session counts as recent. ERR_UNAVAILABLE where there is no provider, or none
 * that answers. */
MUST_CHECK enum err federated_login_start(struct context *context, const char *next, bool again,
                                          struct federated_start *out);

struct federated_answer {
    const char *state; /* of the query; NULL where it did not come */
    const char *code;  /* NULL where it did not come */
    const char *error; /* the provider's; NULL: none */
};
struct federated_session {
    const char *secret; /* of the new session */
    const char *next;
};
/* `kept`: what federated_login_start gave to the browser, or NULL. ERR_BAD_CREDENTIALS: the answer
 * is not to be trusted or the person said no; ERR_FORBIDDEN: no e-mail that the provider vouches
 * for; ERR_RECENT_LOGIN_REQUIRED: the provider did not ask again; ERR_UNAVAILABLE: it does not
 * answer. */
MUST_CHECK enum err federated_login_finish(struct context *context, const char *kept,
                                           const struct federated_answer *answer,
                                           const char *user_agent, struct federated_session *out);
/* Where to log out at the provider too; NULL: nowhere. `id_token` may be NULL. */
const char *federated_login_logout_url(const struct context *context, const char *id_token);

#endif
