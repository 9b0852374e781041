#ifndef GUICHET_PROGRAM_CLIENT_JSON_H
#define GUICHET_PROGRAM_CLIENT_JSON_H
#include "program/client_admin.h"

/* Read a body into a struct in the arena. ERR_INVALID with every mistake in the context's errors. */

/* {name, siret or product, scopes, secret_expires_at?} */
MUST_CHECK enum err client_json_read(struct context *context, const struct value *body,
                                     struct client_creation *creation);
/* {name?, scopes?} */
MUST_CHECK enum err client_json_read_patch(struct context *context, const struct value *body,
                                           struct client_patch *patch);
/* {expires_at?}, or no body; RFC 3339, or NULL. */
MUST_CHECK enum err client_json_read_secret(struct context *context, const struct value *body,
                                            const char **expires_at);
/* {overlap_days, expires_at?} */
MUST_CHECK enum err client_json_read_rotation(struct context *context, const struct value *body,
                                              struct client_rotation_order *order);
/* {email} */
MUST_CHECK enum err client_json_read_person(struct context *context, const struct value *body,
                                            const char **email);
/* {keep_secrets} */
MUST_CHECK enum err client_json_read_takeover(struct context *context, const struct value *body,
                                              bool *keep_secrets);

#endif
