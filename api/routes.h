#ifndef GUICHET_ROUTES_H
#define GUICHET_ROUTES_H
/* Everything that the program answers: the routes of all rooms. */
#include "http/route.h"

extern const struct route_table ROUTES;

#endif
