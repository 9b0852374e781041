#ifndef GUICHET_REQUEST_REQUEST_ACT_H
#define GUICHET_REQUEST_REQUEST_ACT_H
/* The one function that moves a request from one state to another. Under a lock on the request it finds the
 * row of the workflow and does what the row says in one transaction: decision, habilitation, token, data
 * and files, history, mails, audit. All of it happens, or nothing. One thread, that of the context. */
#include "engine/statement.h"
#include "request/request_mail.h"
#include "request/request_view.h"

/* What the act answers; rendered after everything has moved, before the commit. */
enum request_answer {
    REQUEST_ANSWERS_NOTHING, /* jobs, commands */
    REQUEST_ANSWERS_REQUEST,
    REQUEST_ANSWERS_DECISION,
    REQUEST_ANSWERS_GIVEN,
};

/* Everything is borrowed. */
struct request_act {
    enum request_event event;
    const char *reason;                 /* NULL: none */
    const char *message;                /* NULL: none; for the applicant, with an approval */
    const struct value *granted_scopes; /* of an approval; NULL: all that were asked for */
    struct nullable_int if_version;     /* without a value: whatever the version is */
    enum request_answer answer;
    const char *given; /* with REQUEST_ANSWERS_GIVEN: JSON, answered with 200 */
};

/* Leaves its answer in context->answer (core/act.h). An approval that a second instructor has to confirm
 * (product_needs_second) is kept as a proposal instead: 202, schema ProposedApproval; EVENT_CONFIRM then approves
 * what was proposed, EVENT_DECLINE ends it. ERR_INVALID: what is missing or wrong is in context->errors; ERR_STALE:
 * another version than `if_version`; ERR_CONFLICT: not in this state, or nothing changed since the approval. Others:
 * those of act_begin, request_view_lock, request_policy_check_event and act_commit. */
MUST_CHECK enum err request_act(struct context *context, const char *id,
                                const struct request_act *asked);

/* The mail that the applicant, or who is told in their place, would get. */
struct request_preview {
    struct request_told told;
    const char *template;
    struct value *data;
};
/* Makes the same checks and changes nothing. ERR_CONFLICT too where this act sends no mail. */
MUST_CHECK enum err request_act_preview(struct context *context, const char *id,
                                        const struct request_act *asked,
                                        struct request_preview *preview);

#endif
