#ifndef GUICHET_GATEWAY_ANSWER_H
#define GUICHET_GATEWAY_ANSWER_H
/* Answers in the gateway's format: {"errors":[{code,title,detail,source,meta}]}, in the arena of the call. */
#include "gateway/gateway_parts.h"

/* A header of the answer; the texts live as long as the arena. */
void answer_header(struct gateway_response *response, const char *name, const char *value);
/* Answers one error. Returns false, for a check to return. */
bool answer_error(struct call *call, enum gateway_error_id id);
/* The same with its source: "parameter" or "header". */
bool answer_error_at(struct call *call, enum gateway_error_id id, const char *source,
                     const char *name);
/* Adds one of several errors; answer_errors sends them. */
void answer_add(struct call *call, const struct gateway_error *error, const char *code,
                const char *source, const char *name, struct value *meta);
bool answer_errors(struct call *call, int status);
/* An error of the provider: its code begins with the provider's digits. `retry_in_s` 0: none. */
bool answer_provider_error(struct call *call, enum gateway_error_id id, int64_t retry_in_s);
/* An error before there is a call. */
void answer_refuse(struct arena *arena, enum gateway_error_id id,
                   struct gateway_response *response);
void answer_json(struct arena *arena, struct gateway_response *response, int status,
                 const struct value *value);

#endif
