#ifndef GUICHET_REQUEST_REQUEST_ACT_H
#define GUICHET_REQUEST_REQUEST_ACT_H
/* The one function that moves a request from state to state: it finds the row of the workflow,
 * under a lock on the request, and does what the row says in one transaction: decision,
 * habilitation, token, data and files, history, mails, audit. All of it or nothing. */
#include "request/request_view.h"

/* What the act answers: as it is once everything has moved. */
enum request_answer {
    REQUEST_ANSWERS_NOTHING, /* jobs, commands */
    REQUEST_ANSWERS_REQUEST,
    REQUEST_ANSWERS_DECISION,
    REQUEST_ANSWERS_GIVEN,
};

struct request_act {
    enum request_event event;
    const char *reason;                 /* NULL: none */
    const char *message;                /* NULL: none; for the applicant, with an approval */
    const struct value *granted_scopes; /* NULL: all that were asked; only to approve */
    int64_t if_version;                 /* ERR_CONFLICT at any other; 0: any */
    enum request_answer answer;
    const char *given; /* with REQUEST_ANSWERS_GIVEN: JSON, answered with 200 */
};

/* Leaves its answer in context->answer (core/act.h). */
MUST_CHECK enum err request_act(struct context *context, const char *id,
                                const struct request_act *asked);
/* What the applicant would be sent, with the same checks and nothing done: template and data. */
struct request_preview {
    const char *recipient;
    const char *template;
    const struct value *data;
};
MUST_CHECK enum err request_act_preview(struct context *context, const char *id,
                                        const struct request_act *asked,
                                        struct request_preview *preview);

#endif
