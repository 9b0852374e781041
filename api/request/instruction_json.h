#ifndef GUICHET_REQUEST_INSTRUCTION_JSON_H
#define GUICHET_REQUEST_INSTRUCTION_JSON_H
/* Bodies about templates and filters. Mistakes are in `errors`; ERR_INVALID then. */
#include "request/instruction.h"

/* `partial`: members that did not come stay NULL; none can be emptied. */
MUST_CHECK enum err instruction_json_template(struct arena *arena, struct field_errors *errors,
                                              const struct value *body, bool partial,
                                              struct decision_template *out);
/* {name, query}: the keys of GET /v1/requests. */
MUST_CHECK enum err instruction_json_filter(struct arena *arena, struct field_errors *errors,
                                            const struct value *body, const char **name,
                                            const struct value **query);

#endif
