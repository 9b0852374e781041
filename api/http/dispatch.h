#ifndef GUICHET_HTTP_DISPATCH_H
#define GUICHET_HTTP_DISPATCH_H
/* One request from first to last: which check comes when is stated in dispatch.c and nowhere else.
 * Thread-safe: each call works on its own exchange. */
#include "http/raw_request.h"

/* Fills `exchange` (zeroed, with `http` and `arena` set) and its response; always gives an answer.
 */
void dispatch(struct exchange *exchange, const struct raw_request *raw);
/* Writes the log line and counts the request; `exchange` must have its response. */
void dispatch_record(const struct exchange *exchange);

#endif
