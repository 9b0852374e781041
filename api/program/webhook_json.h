#ifndef GUICHET_PROGRAM_WEBHOOK_JSON_H
#define GUICHET_PROGRAM_WEBHOOK_JSON_H
#include "program/webhook.h"

/* Read a body into a struct in the arena. ERR_INVALID with every mistake in the context's errors. */

/* {product, siret?, url, events} */
MUST_CHECK enum err webhook_json_read(struct context *context, const struct value *body,
                                      struct webhook_creation *creation);
/* {url?, events?, enabled?} */
MUST_CHECK enum err webhook_json_read_patch(struct context *context, const struct value *body,
                                            struct webhook_patch *patch);

#endif
