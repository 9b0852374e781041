#ifndef GUICHET_ACCOUNT_ACCOUNT_ADMIN_H
#define GUICHET_ACCOUNT_ACCOUNT_ADMIN_H
/* Accounts of others: support looks them up, administrators stop them. Nobody acts on their own account, and
 * the last administrator stays (ERR_FORBIDDEN, ERR_CONFLICT); a command acts as the program itself. Each act is
 * told to the person by mail and leaves an audit entry. ERR_NOT_FOUND: there is no such account, or it was
 * deleted. What is returned lives in the context's arena. Thread-safe; failures other than those named are those
 * of an act. */
#include "core/context.h"
#include "core/page.h"

struct suspension {
    const char *reason;
    const char *until; /* RFC 3339; NULL: until it is lifted */
};

/* A page of accounts whose names or e-mail contain each word. */
MUST_CHECK enum err account_admin_search(struct context *context, const char *words,
                                         const struct page *page, const char **document);
MUST_CHECK enum err account_admin_read(struct context *context, const char *account_id,
                                       const char **document, int64_t *version);
/* Suspends an account, ends its sessions and answers 200 with it; of one that is suspended already, reason and
 * end change. ERR_CONFLICT where it was never activated. */
MUST_CHECK enum err account_admin_suspend(struct context *context, const char *account_id,
                                          const struct suspension *suspension);
/* Lifts a suspension and answers 204. `reason` is for the audit and may be NULL. ERR_CONFLICT without one. */
MUST_CHECK enum err account_admin_lift(struct context *context, const char *account_id,
                                       const char *reason);
/* Ends every session of an account and answers 204. */
MUST_CHECK enum err account_admin_end_sessions(struct context *context, const char *account_id);

enum { SECOND_FACTOR_RESET_WAITS_S = 24 * 3600 };
/* Asks for the removal of a second factor and answers 202 with when it is due; asked for by another
 * administrator before, it is removed at once and the answer is 204. ERR_CONFLICT where none is enrolled, or the
 * same administrator asks again. */
MUST_CHECK enum err account_admin_reset_factor(struct context *context, const char *account_id,
                                               const char *reason);
/* Calls a removal off and answers 204. ERR_CONFLICT where none is due. */
MUST_CHECK enum err account_admin_cancel_reset(struct context *context, const char *account_id);
/* The job: removes the second factors that are due. A removal is dropped where its requester has lost the role of
 * administrator. */
MUST_CHECK enum err account_admin_run_resets(struct context *context);

#endif
