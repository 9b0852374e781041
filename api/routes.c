#include "routes.h"
#include "account/routes.h"
#include "export/routes.h"
#include "gateway/routes.h"
#include "habilitation/routes.h"
#include "http/routes.h"
#include "organisation/routes.h"
#include "product/routes.h"
#include "program/routes.h"
#include "request/routes.h"
#include "token/routes.h"
#include "usage/routes.h"

static const struct route ROWS[] = {
#define ROUTE ROUTE_ROW
#include "account/routes.def"
#include "export/routes.def"
#include "gateway/routes.def"
#include "habilitation/routes.def"
#include "http/routes.def"
#include "organisation/routes.def"
#include "product/routes.def"
#include "program/routes.def"
#include "request/routes.def"
#include "token/routes.def"
#include "usage/routes.def"
#undef ROUTE
};

const struct route_table ROUTES = {ROWS, sizeof ROWS / sizeof ROWS[0]};
