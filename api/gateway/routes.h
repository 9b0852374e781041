#ifndef GUICHET_GATEWAY_ROUTES_H
#define GUICHET_GATEWAY_ROUTES_H
/* The handlers of this room, made from its rows of the route table (see http/route.h). */
#include "http/route.h"

#define ROUTE ROUTE_PROTOTYPE
#include "gateway/routes.def"
#undef ROUTE

#endif
