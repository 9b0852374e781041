#include "http/bind_address.h"
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

bool bind_address_resolve(const struct config *config, struct sockaddr_storage *out) {
    char port[16];
    (void)snprintf(port, sizeof port, "%d", (int)config->port);
    const struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
                                   .ai_family = AF_UNSPEC,
                                   .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    const int failure = getaddrinfo(config->bind, port, &hints, &found);
    if (failure != 0) {
        (void)fprintf(stderr, "GUICHET_BIND: %s: %s\n", config->bind, gai_strerror(failure));
        return false;
    }
    memcpy(out, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return true;
}

uint16_t bind_address_port(int listening) {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address = {.v6 = {0}};
    socklen_t length = sizeof address;
    if (getsockname(listening, &address.any, &length) != 0) {
        return 0;
    }
    return ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
}
