#ifndef GUICHET_REQUEST_STATISTICS_H
#define GUICHET_REQUEST_STATISTICS_H
/* Public figures and open data, without a name of a person; read from the replica where there is one. Texts
 * live in the context's arena. Failures are those of tx_once. */
#include "core/context.h"

MUST_CHECK enum err statistics_show(struct context *context, const char **document);
/* Active habilitations as CSV. */
MUST_CHECK enum err statistics_list_open_data(struct context *context, const char **csv);

#endif
