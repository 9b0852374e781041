#ifndef GUICHET_PROGRAM_CLIENT_JSON_H
#define GUICHET_PROGRAM_CLIENT_JSON_H
#include "program/client_admin.h"

/* Reads {name, siret or product, scopes} into `creation`, in the arena. ERR_INVALID with every mistake in the
 * context's errors. */
MUST_CHECK enum err client_json_read(struct context *context, const struct value *body,
                                     struct client_creation *creation);

#endif
