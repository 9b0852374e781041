#ifndef GUICHET_HTTP_SECURITY_HEADERS_H
#define GUICHET_HTTP_SECURITY_HEADERS_H
/* Adds the headers that every response carries. One that a handler has set is kept. */
#include "http/exchange.h"

void security_headers_add(struct exchange *exchange);

#endif
