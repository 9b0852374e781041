#ifndef GUICHET_PROGRAM_CLIENT_JSON_H
#define GUICHET_PROGRAM_CLIENT_JSON_H
#include "program/client_admin.h"

/* {name, siret or product, scopes}. ERR_INVALID with every mistake in the context's errors. */
MUST_CHECK enum err client_json_read(struct context *context, const struct value *body,
                                     struct client_creation *creation);
/* {client, client_secret}, {webhook, secret}: a document made by the database with its secret.
 * JSON text in the arena. */
const char *client_json_render_new(struct arena *arena, const char *name, const char *document,
                                   const char *secret_name, const char *secret);
/* {id, secret, created_at} */
const struct value *client_json_render_secret(struct arena *arena, const struct new_secret *secret);

#endif
