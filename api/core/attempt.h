#ifndef GUICHET_CORE_ATTEMPT_H
#define GUICHET_CORE_ATTEMPT_H
/* Attempts, counted in the database and so for all instances together: wrong passwords, wrong codes,
 * mails to one address. Behind a limit the subject has to wait; the waits are bounded and do not grow, so
 * that nobody is locked out for ever. A device that is known has a count of its own (account/device.h), so that
 * nobody is locked out by others. Keys are hashes: the table names nobody, and an unknown e-mail is
 * counted like a known one. Nothing is counted with GUICHET_RATE_LIMITS=off. Thread-safe; failures other
 * than those named are those of tx_begin. */
#include "core/context.h"

enum attempt_kind {
    ATTEMPT_LOGIN_NETWORK, /* any e-mail from one network: 100 in 15 min, then 1 min */
    ATTEMPT_LOGIN_FROM,    /* one e-mail from one network: 5 in 15 min, then 1 min */
    ATTEMPT_LOGIN,         /* one e-mail from anywhere: 30 in an hour, then 5 min */
    ATTEMPT_LOGIN_DEVICE, /* one known device, in place of the three above: 5 in 15 min, then 1 min */
    ATTEMPT_SECOND_FACTOR, /* one account, or a known device of it: 5 in 15 min, then 5 min */
    ATTEMPT_PASSWORD,      /* the current password of one account: 5 in 15 min, then 5 min */
    /* Mails that anybody can cause to one address, 5 in an hour of each kind. Two kinds, so that signing
     * up with somebody else's address does not keep them from resetting their password. */
    ATTEMPT_MAIL,
    ATTEMPT_RESET_MAIL,
};

/* The subject of ATTEMPT_LOGIN_NETWORK: the network of the caller's address, /24 or /64. In the arena. */
const char *attempt_network(const struct context *context);
/* The subject of ATTEMPT_LOGIN_FROM: `email_key` of core/email and that network. In the arena. */
const char *attempt_login_from(const struct context *context, const char *email_key);
/* Counts one attempt before it is made, in a transaction of its own, so that many at once get no more
 * attempts than the limit. ERR_RATE_LIMITED, with context->retry_after_s, while this subject has to wait. An
 * attempt that proves not to be a guess is given back. */
MUST_CHECK enum err attempt_take(struct context *context, enum attempt_kind kind,
                                 const char *subject);
/* The same in a transaction of the caller: it counts once that is committed. */
MUST_CHECK enum err attempt_take_in(struct context *context, struct tx *tx, enum attempt_kind kind,
                                    const char *subject);
/* Takes back one attempt that was counted, with the wait that it began. */
MUST_CHECK enum err attempt_give_back(struct context *context, struct tx *tx,
                                      enum attempt_kind kind, const char *subject);
/* Resets the count of a subject: a success proves who they are. */
MUST_CHECK enum err attempt_clear(struct context *context, struct tx *tx, enum attempt_kind kind,
                                  const char *subject);

#endif
