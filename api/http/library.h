#ifndef GUICHET_HTTP_LIBRARY_H
#define GUICHET_HTTP_LIBRARY_H
/* What both servers (server.c, management.c) make of what libmicrohttpd tells them. */
#include <microhttpd.h>
#include <stdarg.h>

/* A message of the library, for MHD_OPTION_EXTERNAL_LOGGER. Only the format is logged: its arguments may hold what a
 * caller sent. */
void library_log(void *cls, const char *format, va_list arguments);
/* The address of the other end, "" where it is none of the internet. Requires: this thread serves one connection all
 * its life, and asks for no other. As long as the thread. */
const char *library_peer_address(struct MHD_Connection *connection);

#endif
