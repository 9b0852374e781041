#ifndef GUICHET_ORGANISATION_DIRECTORY_QUERY_H
#define GUICHET_ORGANISATION_DIRECTORY_QUERY_H
/* What people type in search of an organisation, read as every directory needs it. */
#include "core/ports.h"

void directory_query_read(struct arena *arena, const char *typed, struct directory_query *out);

#endif
