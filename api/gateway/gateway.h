#ifndef GUICHET_GATEWAY_GATEWAY_H
#define GUICHET_GATEWAY_GATEWAY_H
/* The gateway as a whole: verify → limit → forward → record. See README.md for the way of a call. */
#include "domain/context.h"
#include "domain/gateway_port.h"

/* Reads the endpoints and the samples. All mistakes go to `errors`, ERR_INVALID then; `*out` is to be
 * freed in every case. `services` is borrowed until gateway_free. */
MUST_CHECK enum err gateway_new(const struct services *services, struct field_errors *errors,
                                struct gateway **out);
/* Starts what runs beside the calls: the watcher and the writer of the call log. Needs no database
 * yet. */
MUST_CHECK enum err gateway_start(struct gateway *gateway);
/* No call may be under way. Every answered call is in the database afterwards, as long as that
 * answers. NULL does nothing. */
void gateway_free(struct gateway *gateway);
/* What the HTTP side needs of it. */
struct gateway_port gateway_get_port(struct gateway *gateway);

#endif
