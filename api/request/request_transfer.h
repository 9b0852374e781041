#ifndef GUICHET_REQUEST_REQUEST_TRANSFER_H
#define GUICHET_REQUEST_REQUEST_TRANSFER_H
/* Who carries a request: it is transferred, or a colleague takes it over. Answers and failures as in request.h. One thread,
 * that of the context. */
#include "core/context.h"

/* Makes another active member of the organisation the applicant, by their address, and tells both.
 * ERR_INVALID: there is no such member, or they are the applicant already. */
MUST_CHECK enum err request_transfer(struct context *context, const char *id, const char *email);
/* The actor, an active member of the organisation, asks to become the applicant. Where the applicant may act still, all
 * concerned are told and have seven days to object; where they are gone, it happens at once: nobody is there who could.
 * ERR_RATE_LIMITED: the actor asked for too many, or this one was asked for too often. */
MUST_CHECK enum err request_takeover_ask(struct context *context, const char *id);
/* Who asked withdraws; the applicant or an instructor objects, with a reason or NULL. All concerned are told. */
MUST_CHECK enum err request_takeover_end(struct context *context, const char *id,
                                         const char *reason);
/* The job. A takeover is carried out when nobody objected in time, or when the applicant has gone meanwhile. It ends when
 * the person who asked for it is no longer a member. */
MUST_CHECK enum err request_takeover_run(struct context *context);

#endif
