#ifndef GUICHET_ACCOUNT_LOGIN_H
#define GUICHET_ACCOUNT_LOGIN_H
/* Log-in and log-out. A session is a random secret in a cookie, kept in the database as a hash; it ends after
 * 12 hours without a request and after 7 days in any case. Each log-in opens a new one. Everything returned
 * lives in the context's arena. Thread-safe; failures other than those named are those of an act. */
#include "core/act.h"

enum { SESSION_LIVES_S = 7 * 24 * 3600 };

/* What a browser sends beside its session; NULL where it does not. */
struct login_browser {
    const char *user_agent;
    const char *device; /* cookie of a known device: account/device.h */
};
/* What a browser keeps from then on. */
struct login_cookies {
    const char *secret; /* of the session */
    const char *device; /* NULL: as it was */
};
/* Logs in by e-mail and password, and answers 201 with the session of the contract; the caller's former
 * session ends. ERR_BAD_CREDENTIALS, after the same time,
 * for an unknown e-mail, a wrong password and an account that is not active; ERR_ACCOUNT_SUSPENDED after the
 * right password; ERR_RATE_LIMITED after too many attempts. */
MUST_CHECK enum err login_by_password(struct context *context, const char *email,
                                      const char *password, const struct login_browser *browser,
                                      struct login_cookies *cookies);

/* What proves who the person is. */
struct login_proof {
    int64_t at_ms;        /* when they proved it; in the future: now */
    const char *id_token; /* of the identity provider, for the log-out there; NULL without */
};
/* Opens a session for an account in an act of the caller; the caller's former session ends. `*session_id` is
 * its row, `*secret` for the cookie. `user_agent` may be NULL. ERR_ACCOUNT_SUSPENDED. */
MUST_CHECK enum err login_open_session(struct act *act, const char *account_id,
                                       const char *user_agent, const struct login_proof *proof,
                                       const char **session_id, const char **secret);
/* Answers 200 to the second factor, or to a recovery code, with the session, which goes on under a new
 * secret. ERR_INVALID with an error at /code where it is wrong; ERR_CONFLICT where none is awaited;
 * ERR_RATE_LIMITED after too many attempts. */
MUST_CHECK enum err login_by_second_factor(struct context *context, const char *code,
                                           const struct login_browser *browser,
                                           struct login_cookies *cookies);
/* The session of the contract, for the context's actor, as JSON. ERR_UNAUTHENTICATED: it has ended. */
MUST_CHECK enum err login_read_session(struct context *context, const char **document);
/* Ends the actor's session and answers 204. `*id_token` of the identity provider that opened it, else
 * NULL. */
MUST_CHECK enum err login_close(struct context *context, const char **id_token);

#endif
