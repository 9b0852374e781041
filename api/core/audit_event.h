#ifndef GUICHET_CORE_AUDIT_EVENT_H
#define GUICHET_CORE_AUDIT_EVENT_H
/* An entry of the audit trail: what act_commit (core/act.h) writes of an act. */
#include "base/value.h"

struct audit_event {
    const char *action;       /* "membership.accept": subject.verb; NULL: no entry */
    const char *subject_type; /* "membership" */
    const char *subject_id;
    const char *product;        /* NULL where none */
    const char *siret;          /* NULL where none */
    const struct value *detail; /* NULL where none; ids and codes, no personal data */
    const char *account_id; /* who becomes known by the act: log-in, activation; NULL: the actor */
};

#endif
