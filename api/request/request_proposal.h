#ifndef GUICHET_REQUEST_REQUEST_PROPOSAL_H
#define GUICHET_REQUEST_REQUEST_PROPOSAL_H
/* The approval that one instructor proposes and another one confirms, where the product asks for two
 * (product_needs_second). request_act moves the request; here is what is kept and told of the proposal. One thread,
 * that of the act. */
#include "core/act.h"
#include "request/request_act.h"
#include "sql/request.h"

/* An approval as its checks left it. Borrowed. */
struct request_approval {
    const struct request_view *view;
    const struct request_act *asked;
    const struct value *granted; /* scopes */
    const struct value *refused;
    enum actor_role actor_role;
};

/* Keeps it instead of approving, tells the other instructors and commits the act: nothing is granted and nobody
 * outside is told. Answers 202, schema ProposedApproval. */
MUST_CHECK enum err request_proposal_make(struct act *act, const struct request_approval *approval);
/* What was proposed, which is what is confirmed, word for word: `out` becomes `asked` with the words and scopes of the
 * proposal, `row` says whose it is. ERR_NOT_FOUND: none lives. */
MUST_CHECK enum err request_proposal_take(struct act *act, const struct request_view *view,
                                          const struct request_act *asked, struct proposal_row *row,
                                          struct request_act *out);
/* Mails who proposed it why another instructor, the actor, declines. */
void request_proposal_tell(struct act *act, const struct request_view *view,
                           const struct proposal_row *row, const char *reason);

#endif
