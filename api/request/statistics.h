#ifndef GUICHET_REQUEST_STATISTICS_H
#define GUICHET_REQUEST_STATISTICS_H
/* Figures and open data for everybody, nobody's name in them; from the read replica where there is
 * one. */
#include "core/context.h"

MUST_CHECK enum err statistics_show(struct context *context, const char **document);
/* Active habilitations as CSV. */
MUST_CHECK enum err statistics_list_open_data(struct context *context, const char **csv);

#endif
