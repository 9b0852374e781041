#ifndef GUICHET_HTTP_DEPRECATION_H
#define GUICHET_HTTP_DEPRECATION_H
/* How a route that goes says so, in every answer and in time: Deprecation (RFC 9745), Sunset (RFC 8594) and a Link to
 * the page that names its successor. The dates are a column of its row: DEPRECATED in http/route.h. */
#include "http/exchange.h"

struct route;

/* Programs have this long from the deprecation of a route to its end. */
enum { DEPRECATION_DAYS_MIN = 183 };

/* Adds the headers where the route of the exchange is deprecated. */
void deprecation_add_headers(struct exchange *exchange);
/* What is wrong with the dates of a row; NULL for nothing. Static text. */
const char *deprecation_find_mistake(const struct route *route);

#endif
