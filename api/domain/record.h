#ifndef GUICHET_DOMAIN_RECORD_H
#define GUICHET_DOMAIN_RECORD_H
/* The audit entry of an act of the context's actor. */
#include "base/value.h"
#include "domain/context.h"

struct record {
    const char *action;       /* "membership.accept" */
    const char *subject_type; /* "membership" */
    const char *subject_id;
    const char *product;        /* NULL where none */
    const char *siret;          /* NULL where none */
    const struct value *detail; /* NULL where none; ids and codes, nobody's data */
};

/* The last statement of a transaction (see store/audit.h). */
MUST_CHECK enum err record_act(const struct context *context, struct tx *tx,
                               const struct record *record);
/* The same for an act by which somebody becomes known: log-in, activation. */
MUST_CHECK enum err record_act_of(const struct context *context, struct tx *tx,
                                  const char *account_id, const struct record *record);

#endif
