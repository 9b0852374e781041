#include "http/bind_address.h"
#include "base/text.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { MANAGEMENT_BACKLOG = 16, HOST_BYTES_MAX = 255 };

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

const char *bind_address_path(const char *text) {
    return text_starts_with(text, "unix:") ? text + strlen("unix:") : NULL;
}

/* What an instance that was killed left behind goes; a path where one listens, or that is no socket, stays. */
static bool remove_stale(const struct sockaddr_un *address) {
    struct stat status;
    if (lstat(address->sun_path, &status) != 0) {
        return errno == ENOENT;
    }
    const int probe = S_ISSOCK(status.st_mode) ? socket(AF_UNIX, SOCK_STREAM, 0) : -1;
    if (probe < 0) {
        errno = EEXIST;
        return false;
    }
    const bool is_alive =
        connect(probe, (const struct sockaddr *)(const void *)address, sizeof *address) == 0;
    (void)close(probe);
    errno = EADDRINUSE;
    return !is_alive && unlink(address->sun_path) == 0;
}

static int listen_at_path(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, path, strlen(path) + 1);
    const int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool is_good =
        listening >= 0 && remove_stale(&address) &&
        bind(listening, (const struct sockaddr *)(const void *)&address, sizeof address) == 0 &&
        chmod(path, S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP) == 0 &&
        listen(listening, MANAGEMENT_BACKLOG) == 0;
    if (is_good) {
        return listening;
    }
    (void)fprintf(stderr, "GUICHET_MANAGEMENT_BIND: %s: %s\n", path, strerror(errno));
    if (listening >= 0) {
        (void)close(listening);
    }
    return -1;
}

static int listen_at_address(const struct addrinfo *found) {
    const int one = 1;
    const int listening = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listening >= 0 && setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
        bind(listening, found->ai_addr, found->ai_addrlen) == 0 &&
        listen(listening, MANAGEMENT_BACKLOG) == 0) {
        return listening;
    }
    const int failure = errno;
    if (listening >= 0) {
        (void)close(listening);
    }
    errno = failure;
    return -1;
}

int bind_address_listen(const char *text) {
    const char *path = bind_address_path(text);
    const char *colon = strrchr(text, ':');
    if (path != NULL || colon == NULL) {
        return path == NULL ? -1 : listen_at_path(path);
    }
    char host[HOST_BYTES_MAX + 1];
    const bool is_bracketed = *text == '[';
    const char *from = text + (is_bracketed ? 1 : 0);
    const size_t length = (size_t)(colon - from) - (is_bracketed ? 1 : 0);
    memcpy(host, from, length);
    host[length] = '\0';
    const struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
                                   .ai_family = AF_UNSPEC,
                                   .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    const int failure = getaddrinfo(host, colon + 1, &hints, &found);
    if (failure != 0) {
        (void)fprintf(stderr, "GUICHET_MANAGEMENT_BIND: %s: %s\n", text, gai_strerror(failure));
        return -1;
    }
    const int listening = listen_at_address(found);
    if (listening < 0) {
        (void)fprintf(stderr, "GUICHET_MANAGEMENT_BIND: %s: %s\n", text, strerror(errno));
    }
    freeaddrinfo(found);
    return listening;
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
