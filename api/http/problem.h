#ifndef GUICHET_HTTP_PROBLEM_H
#define GUICHET_HTTP_PROBLEM_H
/* The one renderer of failures: application/problem+json (RFC 9457). The gateway renders its own
 * format and hands it over as an ordinary answer. */
#include "http/exchange.h"

/* Replaces the response by the problem; `err` is not ERR_NONE. Keeps the headers Set-Cookie, Allow and
 * WWW-Authenticate, drops the others. */
void problem_render(struct exchange *exchange, enum err err);

#endif
