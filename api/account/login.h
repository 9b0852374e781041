#ifndef GUICHET_ACCOUNT_LOGIN_H
#define GUICHET_ACCOUNT_LOGIN_H
/* Logging in and out. A session is a random secret in a cookie, kept here as a hash; it ends after
 * 12 hours without a request and after 7 days in any case. Each log-in makes a new one. */
#include "core/context.h"

struct login_session {
    const char *secret;   /* the cookie's value */
    const char *document; /* the session of the contract, as JSON */
};

/* ERR_BAD_CREDENTIALS is the same, and takes as long, for an unknown e-mail, a wrong password and an
 * account that is not active. ERR_RATE_LIMITED after too many. The caller's former session ends.
 * `user_agent` may be NULL. */
MUST_CHECK enum err login_by_password(struct context *context, const char *email,
                                      const char *password, const char *user_agent,
                                      struct login_session *out);
/* What an identity provider vouches for: when it last asked the person, and the token for the
 * log-out there. */
struct login_proof {
    int64_t at_ms;
    const char *id_token;
};
/* A session for an account that proved itself by `proof`; one that says to be of the future counts
 * as of now. */
MUST_CHECK enum err login_open(struct context *context, struct tx *tx, const char *account_id,
                               const char *user_agent, const struct login_proof *proof,
                               const char **secret);
/* The session of the contract, for the context's actor. */
MUST_CHECK enum err login_document(struct context *context, const char **document);
/* `*id_token` of the provider that vouched for the person, else NULL. */
MUST_CHECK enum err login_close(struct context *context, const char **id_token);
/* The second factor, or a recovery code: the session goes on under a new secret. ERR_INVALID with an
 * error at /code where it is wrong; ERR_CONFLICT where none is awaited. */
MUST_CHECK enum err login_second_factor(struct context *context, const char *code,
                                        struct login_session *out);

#endif
