#ifndef GUICHET_EXPORT_ROUTES_H
#define GUICHET_EXPORT_ROUTES_H
/* The handlers of this room, made from its rows of the route table (see http/route.h). */
#include "http/route.h"

#define ROUTE ROUTE_PROTOTYPE
#include "export/routes.def"
#undef ROUTE

#endif
