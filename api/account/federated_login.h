#ifndef GUICHET_ACCOUNT_FEDERATED_LOGIN_H
#define GUICHET_ACCOUNT_FEDERATED_LOGIN_H
/* Log-in through the identity provider (OpenID Connect Core 1.0, authorization code flow). A person is (issuer,
 * subject). They get the account of their e-mail only where the provider vouches for the address, and no account
 * otherwise. What is returned lives in the context's arena. Thread-safe. */
#include "account/login.h"
#include "core/context.h"

enum { FEDERATED_LOGIN_LIVES_S = 600, FEDERATED_LOGIN_STATE_BYTES_MAX = 4000 };

struct federated_start {
    const char *url;   /* of the provider: where the browser is sent */
    const char *state; /* sealed; the browser keeps it until it returns */
};

/* `next`: the path to go to afterwards. `again`: the provider has to authenticate the person even where it
 * knows them, so that the session counts as recent. ERR_UNAVAILABLE where there is no provider, or it does not
 * answer. */
MUST_CHECK enum err federated_login_start(struct context *context, const char *next, bool again,
                                          struct federated_start *out);

/* The parameters with which the browser returns; NULL where one did not come. */
struct federated_answer {
    const char *state;
    const char *code;
    const char *error;
};
struct federated_session {
    struct login_cookies cookies;
    const char *next; /* as given to federated_login_start */
};
/* Opens a session. `sealed_state`: what federated_login_start gave to the browser, or NULL.
 * ERR_BAD_CREDENTIALS: the answer is not to be trusted, or the person refused; ERR_FORBIDDEN: the provider
 * vouches for no e-mail; ERR_RECENT_LOGIN_REQUIRED: it did not authenticate the person again;
 * ERR_ACCOUNT_SUSPENDED; ERR_UNAVAILABLE: it does not answer. */
MUST_CHECK enum err federated_login_finish(struct context *context, const char *sealed_state,
                                           const struct federated_answer *answer,
                                           const struct login_browser *browser,
                                           struct federated_session *out);
/* The address at which to log out at the provider too; NULL without. `id_token` may be NULL. */
const char *federated_login_logout_url(const struct context *context, const char *id_token);

#endif
