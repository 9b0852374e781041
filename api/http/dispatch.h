#ifndef GUICHET_HTTP_DISPATCH_H
#define GUICHET_HTTP_DISPATCH_H
/* Handles one request from first to last: the order of the checks is in dispatch.c and nowhere else.
 * Thread-safe: each call works on its own exchange. */
#include "http/raw_request.h"

/* Fills `exchange` (zeroed, with `http` and `arena` set) and its response. There is a response in
 * every case. `raw` is borrowed for the call. */
void dispatch(struct exchange *exchange, const struct raw_request *raw);
/* Logs internal_error with the cause that this thread noted: for every answer 500 (dispatch_record does), and for one
 * that is cut while it is sent. */
void dispatch_log_failure(const struct exchange *exchange);
/* Logs and counts the request; `exchange` has its response. */
void dispatch_record(const struct exchange *exchange);

#endif
