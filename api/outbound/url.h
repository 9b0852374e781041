#ifndef GUICHET_OUTBOUND_URL_H
#define GUICHET_OUTBOUND_URL_H
/* What a setting may give as the address of a service, by libcurl's parser of URLs. Thread-safe. */
#include <stdbool.h>

/* http or https, a host, perhaps a port up to 65535 and a path without "..": no user, query or fragment. */
bool url_is_base(const char *text);
/* http://[user:password@]host[:port], perhaps with a final slash. */
bool url_is_proxy(const char *text);

#endif
