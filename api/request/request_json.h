#ifndef GUICHET_REQUEST_REQUEST_JSON_H
#define GUICHET_REQUEST_REQUEST_JSON_H
/* Reads the bodies of operations on requests. Every mistake is added to `errors`, and ERR_INVALID given back then.
 * What is read lives in the arena or is borrowed from `body`. Thread-safe. */
#include "base/field_errors.h"
#include "base/value.h"
#include "request/request.h"
#include "request/request_act.h"

MUST_CHECK enum err request_json_start(struct arena *arena, struct field_errors *errors,
                                       const struct value *body, struct request_start *out);
MUST_CHECK enum err request_json_decision(struct arena *arena, struct field_errors *errors,
                                          const struct value *body, struct request_act *out);
/* {reason?}, of an act that takes no more; `body` may be NULL. */
MUST_CHECK enum err request_json_reason(struct arena *arena, struct field_errors *errors,
                                        const struct value *body, const char **out);
/* {body}, a long text; required. */
MUST_CHECK enum err request_json_body(struct arena *arena, struct field_errors *errors,
                                      const struct value *body, const char **out);
/* {email}, a line; required. It is parsed later. */
MUST_CHECK enum err request_json_email(struct arena *arena, struct field_errors *errors,
                                       const struct value *body, const char **out);
/* {name: uuid or null}; null is NULL where `nullable`. */
MUST_CHECK enum err request_json_id(struct arena *arena, struct field_errors *errors,
                                    const struct value *body, const char *name, bool nullable,
                                    const char **out);

/* The filters of a list of requests as they were typed; NULL where not given. */
struct request_filter_texts {
    const char *state; /* "draft,submitted" */
    const char *product;
    const char *use_case;
    const char *siret;
    const char *words;
    const char *assignee; /* "me": `account_id` */
    const char *relation;
    const char *sort;
};
/* Errors name the filter: "state", "q" … */
MUST_CHECK enum err request_json_filter(struct arena *arena, struct field_errors *errors,
                                        const char *account_id,
                                        const struct request_filter_texts *texts,
                                        struct request_filter *out);

#endif
