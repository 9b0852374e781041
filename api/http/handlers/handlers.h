#ifndef GUICHET_HTTP_HANDLERS_H
#define GUICHET_HTTP_HANDLERS_H
/* The prototypes of all handlers, made from the route table: a handler without a row does not
 * compile, a row without a handler does not link. See `handler` in exchange.h for the contract. */
#include "http/exchange.h"

#define X(method, path, access, body, bytes, rate, scope, query, idempotent, handle)               \
    enum err handle(struct exchange *exchange);
#include "http/routes.def"
#undef X

#endif
