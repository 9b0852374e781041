#ifndef GUICHET_PROGRAM_ROUTES_H
#define GUICHET_PROGRAM_ROUTES_H
/* The handlers of this room, made from its rows of the route table (see http/route.h). */
#include "http/route.h"

#define ROUTE ROUTE_PROTOTYPE
#include "program/routes.def"
#undef ROUTE

#endif
