#ifndef GUICHET_CORE_QUOTA_H
#define GUICHET_CORE_QUOTA_H
/* What one caller may use up in a window of time, counted in the database and so for all instances together. The
 * limits are settings. An amount is taken before it is used, in one statement, so that many at once get no more
 * than the limit. Thread-safe; failures other than those named are those of tx_begin. */
#include "core/context.h"

enum quota_kind {
    QUOTA_JOINS,                /* organisations that one account joins in a day */
    QUOTA_UPLOADS,              /* bytes that one account or program uploads in an hour */
    QUOTA_MESSAGES,             /* messages of one side about one request in an hour */
    QUOTA_TAKEOVERS,            /* that one account asks for in a day */
    QUOTA_TAKEOVERS_OF_REQUEST, /* that are asked for of one request in 30 days: three */
};

/* Takes `amount` in the caller's transaction: it counts once that is committed, and others of the same
 * subject wait until then. ERR_RATE_LIMITED names the limit and, in context->retry_after_s, when there is room
 * again. */
MUST_CHECK enum err quota_take_in(struct context *context, struct tx *tx, enum quota_kind kind,
                                  const char *subject, int64_t amount);
/* The same in a transaction of its own, for what takes long; give back what was not used. */
MUST_CHECK enum err quota_take(struct context *context, enum quota_kind kind, const char *subject,
                               int64_t amount);
MUST_CHECK enum err quota_give_back(struct context *context, enum quota_kind kind,
                                    const char *subject, int64_t amount);
/* The job: deletes windows that have ended. */
MUST_CHECK enum err quota_delete_expired(struct context *context);

#endif
