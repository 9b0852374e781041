#ifndef GUICHET_CORE_AUDIT_H
#define GUICHET_CORE_AUDIT_H
/* The append-only, chained record of acts. Writers wait for each other until their commit: make it
 * the last statement of a transaction. */
#include "base/value.h"
#include "engine/tx.h"

struct audit_entry {
    const char *actor_kind; /* account, client, system, anonymous */
    const char *actor_id;   /* account id or NULL */
    const char *action;     /* "membership.accept": subject.verb */
    const char *subject_type;
    const char *subject_id;
    const char *product;        /* NULL where none */
    const char *siret;          /* NULL where none */
    const struct value *detail; /* NULL: {} ; no personal data beyond ids */
    const char *address;
    const char *request_id;
};

MUST_CHECK enum err audit_add(struct tx *tx, const struct audit_entry *entry);

#endif
