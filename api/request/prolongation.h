#ifndef GUICHET_REQUEST_PROLONGATION_H
#define GUICHET_REQUEST_PROLONGATION_H
/* Prolongs a token: where nothing changed, the same string is valid for longer; else its request is
 * reopened. It is in this room because requests may include tokens, not the reverse. */
#include "base/value.h"
#include "core/context.h"

struct prolongation_answers {
    bool still_in_charge;
    bool purpose_unchanged;
    bool contacts_unchanged;
};

/* Reads {still_in_charge, purpose_unchanged, contacts_unchanged}; every mistake goes to the context's
 * errors, ERR_INVALID then. */
MUST_CHECK enum err prolongation_read(struct context *context, const struct value *body,
                                      struct prolongation_answers *answers);
/* Answers the schema Prolongation of openapi.yaml. Failures: those of token_lock_prolongable and, for a
 * reopening, of request_act. */
MUST_CHECK enum err prolongation_run(struct context *context, const char *token_id,
                                     const struct prolongation_answers *answers);

#endif
