#ifndef GUICHET_ORGANISATION_DIRECTORY_QUERY_H
#define GUICHET_ORGANISATION_DIRECTORY_QUERY_H
/* Parses what a person typed to find an organisation, for every kind of directory. */
#include "core/ports.h"

void directory_query_read(struct arena *arena, const char *typed, struct directory_query *out);

#endif
