#ifndef GUICHET_HTTP_REAPER_H
#define GUICHET_HTTP_REAPER_H
/* Ends connections that take too long. libmicrohttpd only knows a timeout of inactivity: a client
 * that drips one byte now and then would hold a thread for ever. Deadlines, from when each phase
 * began: headers 10 s, body 30 s, answer 300 s, silence between requests 40 s (libmicrohttpd's own
 * 30 s come first where nothing at all is sent). It also answers bodies over their route's limit,
 * and those that are too many in memory, before their end. All functions are thread-safe. */
#include <stdbool.h>
#include <stddef.h>

struct reaper;
struct reaped;
struct http_state;
struct connection_info_struct; /* ulfius' own */
struct MHD_Connection;

/* NULL where the thread cannot be started. Counts go to `http`, which is borrowed. */
struct reaper *reaper_new(struct http_state *http);
/* To be called once every connection is gone. */
void reaper_free(struct reaper *reaper);

/* A connection opened on this socket; NULL when memory is short. Give it back to reaper_closed
 * before the socket is closed. */
struct reaped *reaper_opened(struct reaper *reaper, struct MHD_Connection *connection, int socket);
void reaper_closed(struct reaper *reaper, struct reaped *reaped);
/* The request line was read; `info` lives until reaper_finished. */
void reaper_request_started(struct reaped *reaped, struct connection_info_struct *info);
/* The whole request was read and is being answered: no deadline. False where it was refused
 * meanwhile: do nothing for it. */
bool reaper_handling(struct reaped *reaped);
/* The answer is on its way. */
void reaper_sending(struct reaped *reaped);
/* The request is over; the next one may come. */
void reaper_finished(struct reaped *reaped);
/* A connection was opened a moment ago and its first request has not been read: it is to be served. */
bool reaper_awaits_request(struct reaper *reaper);

#endif
