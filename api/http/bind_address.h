#ifndef GUICHET_HTTP_BIND_ADDRESS_H
#define GUICHET_HTTP_BIND_ADDRESS_H
/* The address and port that the server listens on. */
#include "base/config.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* GUICHET_BIND and GUICHET_PORT as an address. False, and why on standard error, where there is none. */
bool bind_address_resolve(const struct config *config, struct sockaddr_storage *out);
/* A socket that listens at GUICHET_MANAGEMENT_BIND, as config_check let it pass; its path, where it is one of the file
 * system, is made anew for the user and the group alone. -1, and why on standard error, where that is not
 * possible. The caller closes it. */
int bind_address_listen(const char *text);
/* The path of "unix:/path"; NULL for an address. */
const char *bind_address_path(const char *text);
/* The port that a socket listens on; 0 where it does not. */
uint16_t bind_address_port(int listening);

#endif
