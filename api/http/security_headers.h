#ifndef GUICHET_HTTP_SECURITY_HEADERS_H
#define GUICHET_HTTP_SECURITY_HEADERS_H
/* Headers that every answer carries. One that a handler has set stays as it is. */
#include "http/exchange.h"

void security_headers_add(struct exchange *exchange);

#endif
