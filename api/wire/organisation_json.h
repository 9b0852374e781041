#ifndef GUICHET_WIRE_ORGANISATION_JSON_H
#define GUICHET_WIRE_ORGANISATION_JSON_H
/* The bodies about memberships, trusted domains and roles. */
#include "base/value.h"
#include "domain/organisation.h"
#include "domain/staff.h"

MUST_CHECK enum err organisation_json_read_verdict(struct arena *arena, struct field_errors *errors,
                                                   const struct value *body,
                                                   struct membership_verdict *out);
/* {comment?} */
MUST_CHECK enum err organisation_json_read_report(struct arena *arena, struct field_errors *errors,
                                                  const struct value *body, const char **comment);
/* {domain} */
MUST_CHECK enum err organisation_json_read_domain(struct arena *arena, struct field_errors *errors,
                                                  const struct value *body, const char **domain);
/* {email, role, product?} */
MUST_CHECK enum err organisation_json_read_role(struct arena *arena, struct field_errors *errors,
                                                const struct value *body, struct staff_change *out);

#endif
