#ifndef GUICHET_CORE_ATTEMPT_H
#define GUICHET_CORE_ATTEMPT_H
/* Attempts counted in the database, so for all instances together: wrong passwords, wrong codes,
 * mails to one address. Past a limit one has to wait; the waits are bounded and do not grow, so
 * nobody is locked out for ever. Keys are hashes: the table names nobody, and an unknown e-mail is
 * counted like a known one. Nothing is counted with GUICHET_RATE_LIMITS=off. */
#include "core/context.h"

enum attempt_kind {
    ATTEMPT_LOGIN_FROM,    /* one e-mail from one caller address: 5 in 15 min, then 1 min */
    ATTEMPT_LOGIN,         /* one e-mail from anywhere: 30 in an hour, then 5 min */
    ATTEMPT_SECOND_FACTOR, /* one account: 5 in 15 min, then 5 min */
    ATTEMPT_PASSWORD,      /* the present password of one account: 5 in 15 min, then 5 min */
    /* Mails that anybody may cause to one address, 5 in an hour of each of the two: whoever signs up
     * in somebody's name keeps that person from no new password. */
    ATTEMPT_MAIL,
    ATTEMPT_RESET_MAIL,
};

/* Subject of ATTEMPT_LOGIN_FROM: the e-mail's key and the caller's address. In the arena. */
const char *attempt_login_from(const struct context *context, const char *email_key);
/* Counts one try before it is made, in a transaction of its own. ERR_RATE_LIMITED (with
 * context->retry_after_s) while this subject has to wait. Whatever proves that the try was no guess
 * gives it back. */
MUST_CHECK enum err attempt_take(struct context *context, enum attempt_kind kind,
                                 const char *subject);
/* The same for a mail, in the transaction that sends it: it is counted where it is sent. */
MUST_CHECK enum err attempt_take_mail(struct context *context, struct tx *tx,
                                      enum attempt_kind kind, const char *email_key);
MUST_CHECK enum err attempt_give_back(struct context *context, enum attempt_kind kind,
                                      const char *subject);
/* Forgets what was counted: a success proves the person. */
MUST_CHECK enum err attempt_clear(struct context *context, enum attempt_kind kind,
                                  const char *subject);

#endif
