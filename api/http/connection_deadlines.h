#ifndef GUICHET_HTTP_CONNECTION_DEADLINES_H
#define GUICHET_HTTP_CONNECTION_DEADLINES_H
/* Ends connections that take too long. libmicrohttpd only knows a timeout of inactivity: a client
 * that drips one byte now and then would hold a thread for ever. Deadlines, from when each phase
 * began: headers 10 s, body 30 s, answer 300 s, silence between requests 40 s (libmicrohttpd's own
 * 30 s come first where nothing at all is sent). It also answers bodies over their route's limit,
 * and those that are too many in memory, before their end. All functions are thread-safe. */
#include <stdbool.h>
#include <stddef.h>

struct connection_deadlines;
struct reaped;
struct http_state;
struct connection_info_struct; /* ulfius' own */
struct MHD_Connection;

/* NULL where the thread cannot be started. Counts go to `http`, which is borrowed. */
struct connection_deadlines *connection_deadlines_new(struct http_state *http);
/* To be called once every connection is gone. */
void connection_deadlines_free(struct connection_deadlines *connection_deadlines);

/* A connection opened on this socket; NULL when memory is short. Give it back to connection_deadlines_closed
 * before the socket is closed. */
struct reaped *connection_deadlines_opened(struct connection_deadlines *connection_deadlines,
                                           struct MHD_Connection *connection, int socket);
void connection_deadlines_closed(struct connection_deadlines *connection_deadlines,
                                 struct reaped *reaped);
/* The request line was read; `info` lives until connection_deadlines_finished. */
void connection_deadlines_request_started(struct reaped *reaped,
                                          struct connection_info_struct *info);
/* The whole request was read and is being answered: no deadline. False where it was refused
 * meanwhile: do nothing for it. */
bool connection_deadlines_handling(struct reaped *reaped);
/* The answer is on its way. */
void connection_deadlines_sending(struct reaped *reaped);
/* The request is over; the next one may come. */
void connection_deadlines_finished(struct reaped *reaped);
/* A connection was opened a moment ago and its first request has not been read: it is to be served. */
bool connection_deadlines_awaits_request(struct connection_deadlines *connection_deadlines);

#endif
