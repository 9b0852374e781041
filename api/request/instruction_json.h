#ifndef GUICHET_REQUEST_INSTRUCTION_JSON_H
#define GUICHET_REQUEST_INSTRUCTION_JSON_H
/* Reads bodies about templates and filters. Every mistake is added to `errors`, and ERR_INVALID given back then.
 * What is read lives in the arena or is borrowed from `body`. Thread-safe. */
#include "request/instruction.h"

/* `partial`: members that are left out are NULL; none can be emptied. */
MUST_CHECK enum err instruction_json_template(struct arena *arena, struct field_errors *errors,
                                              const struct value *body, bool partial,
                                              struct decision_template *out);
/* {name, query}: the keys of GET /v1/requests. */
MUST_CHECK enum err instruction_json_filter(struct arena *arena, struct field_errors *errors,
                                            const struct value *body, const char **name,
                                            const struct value **query);

#endif
