#ifndef GUICHET_HTTP_CONNECTION_DEADLINES_H
#define GUICHET_HTTP_CONNECTION_DEADLINES_H
/* Ends connections that take too long. libmicrohttpd only knows a timeout of inactivity: a client that sends one byte
 * now and then would hold a thread for ever. Deadlines, from the start of each phase: headers 10 s, body 15 min as long as
 * each 10 s bring 10,000 bytes, answer 300 s, silence between requests 40 s (where nothing at all is sent,
 * libmicrohttpd's own 30 s come first), and 2 s to read why a request was refused. All functions are thread-safe. */
#include <stdbool.h>
#include <stddef.h>

struct connection_deadlines;
struct watched;
struct http_state;

/* Starts the thread that watches; NULL where it cannot be started. `http` is borrowed, and its
 * counters are updated. */
struct connection_deadlines *connection_deadlines_new(struct http_state *http);
/* Stops the thread and frees. Requires: every connection is closed. */
void connection_deadlines_free(struct connection_deadlines *connection_deadlines);

/* Watches a connection opened on this socket; NULL without memory. The caller gives it back to
 * connection_deadlines_closed before the socket is closed. */
struct watched *connection_deadlines_opened(struct connection_deadlines *connection_deadlines,
                                            int socket);
void connection_deadlines_closed(struct connection_deadlines *connection_deadlines,
                                 struct watched *watched);
/* The request line was read. */
void connection_deadlines_request_started(struct watched *watched);
/* The head was read, and a body follows. */
void connection_deadlines_body(struct watched *watched);
/* So many bytes of the body came: a large file over a slow line that moves goes on, a drip does not. */
void connection_deadlines_received(struct watched *watched, size_t bytes);
/* The request was refused before its end, which is read and thrown away meanwhile. */
void connection_deadlines_refused(struct watched *watched);
/* The whole request was read and is being handled: no deadline. */
void connection_deadlines_handling(struct watched *watched);
/* The answer is being sent. */
void connection_deadlines_sending(struct watched *watched);
/* The request is finished; the next one may come. */
void connection_deadlines_finished(struct watched *watched);
/* True where a connection was opened a moment ago whose first request has not been read: it will be
 * served. */
bool connection_deadlines_awaits_request(struct connection_deadlines *connection_deadlines);

#endif
