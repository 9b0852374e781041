#ifndef GUICHET_OUTBOUND_ADDRESS_GUARD_H
#define GUICHET_OUTBOUND_ADDRESS_GUARD_H
/* The network addresses that strangers may make us call (webhooks): those of the public Internet, none
 * of an internal network (RFC 6890 and the registries of special-purpose addresses). Thread-safe. */
#include <stdbool.h>
#include <sys/socket.h>

/* False for loopback, private, link-local, shared, multicast, documentation, benchmark and reserved
 * addresses, for IPv6 forms that carry one of them, and for families other than IPv4 and IPv6. */
bool address_is_public(const struct sockaddr *address);

#endif
