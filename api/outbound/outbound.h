#ifndef GUICHET_OUTBOUND_OUTBOUND_H
#define GUICHET_OUTBOUND_OUTBOUND_H
/* Builds the ports from the settings; app.c is its only user. */
#include "base/config.h"
#include "core/ports.h"

struct outbound;

/* Before any thread is started. `config` must outlive it. ERR_INVALID: every mistake of the
 * settings is in `errors`. `*out` is to be freed in every case. */
MUST_CHECK enum err outbound_new(const struct config *config, struct field_errors *errors,
                                 struct outbound **out);
void outbound_free(struct outbound *outbound); /* NULL does nothing */
/* Lives as long as `outbound`. */
const struct ports *outbound_ports(const struct outbound *outbound);

#endif
