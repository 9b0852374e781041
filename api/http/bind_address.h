#ifndef GUICHET_HTTP_BIND_ADDRESS_H
#define GUICHET_HTTP_BIND_ADDRESS_H
/* The address and port that the server listens on. */
#include "base/config.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* GUICHET_BIND and GUICHET_PORT as an address. False, and why on standard error, where there is none. */
bool bind_address_resolve(const struct config *config, struct sockaddr_storage *out);
/* The port that a socket listens on; 0 where it does not. */
uint16_t bind_address_port(int listening);

#endif
