#ifndef GUICHET_ORGANISATION_ORGANISATION_JSON_H
#define GUICHET_ORGANISATION_ORGANISATION_JSON_H
/* Parses request bodies about memberships and trusted domains: ERR_INVALID with every mistake in `errors`. Shows
 * domains. */
#include "base/value.h"
#include "organisation/organisation.h"

MUST_CHECK enum err organisation_json_read_verdict(struct arena *arena, struct field_errors *errors,
                                                   const struct value *body,
                                                   struct membership_verdict *out);
/* {comment?} */
MUST_CHECK enum err organisation_json_read_report(struct arena *arena, struct field_errors *errors,
                                                  const struct value *body, const char **comment);
/* {reason} */
MUST_CHECK enum err organisation_json_read_ending(struct arena *arena, struct field_errors *errors,
                                                  const struct value *body, const char **reason);
/* {domain} */
MUST_CHECK enum err organisation_json_read_domain(struct arena *arena, struct field_errors *errors,
                                                  const struct value *body, const char **domain);

/* A document with its domains, which are kept in ASCII, as people read them: the members `domain` and
 * `trusted_domains`, wherever they stand. */
MUST_CHECK enum err organisation_json_show_domains(struct arena *arena, const char *document,
                                                   const char **out);

#endif
