#ifndef GUICHET_CORE_AUDIT_EVENT_H
#define GUICHET_CORE_AUDIT_EVENT_H
/* The audit entry of an act of the context's actor. */
#include "base/value.h"
#include "core/context.h"

struct audit_event {
    const char *action;       /* "membership.accept": subject.verb; NULL: no entry */
    const char *subject_type; /* "membership" */
    const char *subject_id;
    const char *product;        /* NULL where none */
    const char *siret;          /* NULL where none */
    const struct value *detail; /* NULL where none; ids and codes, no personal data */
    const char *account_id; /* who becomes known by the act: log-in, activation; NULL: the actor */
};

/* The last statement of a transaction (see core/audit.h). */
MUST_CHECK enum err audit_event_add(const struct context *context, struct tx *tx,
                                    const struct audit_event *record);
/* The same for an act by which somebody becomes known: log-in, activation. */
MUST_CHECK enum err audit_event_add_of(const struct context *context, struct tx *tx,
                                       const char *account_id, const struct audit_event *record);

#endif
