#include "outbound/clamav.h"
#include "base/clock.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { DEADLINE_MS = 30000, CHUNK_BYTES = 64 * 1024, REPLY_BYTES = 512 };

struct clamav {
    struct sockaddr_storage address;
    socklen_t address_bytes;
};

static bool read_unix(struct clamav *clamav, const char *path) {
    struct sockaddr_un *address = (struct sockaddr_un *)&clamav->address;
    if (strlen(path) >= sizeof address->sun_path) {
        return false;
    }
    address->sun_family = AF_UNIX;
    memcpy(address->sun_path, path, strlen(path) + 1);
    clamav->address_bytes = sizeof *address;
    return true;
}

static bool read_host(struct clamav *clamav, const char *setting) {
    const char *colon = strrchr(setting, ':');
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    if (colon == NULL || colon == setting) {
        return false;
    }
    char *host = strndup(setting, (size_t)(colon - setting));
    const bool known = host != NULL && getaddrinfo(host, colon + 1, &hints, &found) == 0;
    free(host);
    if (known) {
        memcpy(&clamav->address, found->ai_addr, found->ai_addrlen);
        clamav->address_bytes = found->ai_addrlen;
        freeaddrinfo(found);
    }
    return known;
}

enum err clamav_new(const struct config *config, struct field_errors *errors, struct clamav **out) {
    const char *setting = config->clamav;
    *out = NULL;
    if (*setting == '\0') {
        return ERR_NONE;
    }
    struct clamav *clamav = calloc(1, sizeof *clamav);
    if (clamav == NULL) {
        return ERR_INTERNAL;
    }
    const bool known = strncmp(setting, "unix:", 5) == 0 ? read_unix(clamav, setting + 5)
                                                         : read_host(clamav, setting);
    if (!known) {
        free(clamav);
        field_errors_add(errors, "GUICHET_CLAMAV", "invalid_format",
                         "GUICHET_CLAMAV: unix:/path or host:port is expected");
        return ERR_INVALID;
    }
    *out = clamav;
    return ERR_NONE;
}

void clamav_free(struct clamav *clamav) {
    free(clamav);
}

/* Waits until the socket is ready or the deadline has passed. */
static bool wait_for(int socket, short events, int64_t deadline_ms) {
    struct pollfd ready = {.fd = socket, .events = events};
    const int64_t left_ms = deadline_ms - clock_monotonic_ms();
    return left_ms > 0 && poll(&ready, 1, (int)left_ms) == 1;
}

static bool send_all(int socket, const void *bytes, size_t length, int64_t deadline_ms) {
    const char *at = bytes;
    while (length > 0) {
        const ssize_t sent = send(socket, at, length, MSG_NOSIGNAL);
        if (sent > 0) {
            at += sent;
            length -= (size_t)sent;
        } else if (errno != EAGAIN || !wait_for(socket, POLLOUT, deadline_ms)) {
            return false;
        }
    }
    return true;
}

static bool send_file(int socket, const char *bytes, size_t length, int64_t deadline_ms) {
    if (!send_all(socket, "zINSTREAM", sizeof "zINSTREAM", deadline_ms)) {
        return false;
    }
    while (length > 0) {
        const size_t step = length < CHUNK_BYTES ? length : CHUNK_BYTES;
        const uint32_t header = htonl((uint32_t)step);
        if (!send_all(socket, &header, sizeof header, deadline_ms) ||
            !send_all(socket, bytes, step, deadline_ms)) {
            return false;
        }
        bytes += step;
        length -= step;
    }
    return send_all(socket, "\0\0\0", 4, deadline_ms);
}

/* The scanner may answer before it has taken everything: its word counts even where sending failed. */
static enum err read_verdict(int socket, int64_t deadline_ms, bool *is_infected) {
    char reply[REPLY_BYTES] = "";
    size_t length = 0;
    while (length < sizeof reply - 1 && wait_for(socket, POLLIN, deadline_ms)) {
        const ssize_t got = recv(socket, reply + length, sizeof reply - 1 - length, 0);
        if (got <= 0) {
            break;
        }
        length += (size_t)got;
        if (memchr(reply, '\0', length) != NULL) {
            break;
        }
    }
    *is_infected = strstr(reply, " FOUND") != NULL;
    return *is_infected || strcmp(reply, "stream: OK") == 0 ? ERR_NONE : ERR_UNAVAILABLE;
}

static bool connect_within(int socket, const struct clamav *clamav, int64_t deadline_ms) {
    int failure = 0;
    socklen_t size = sizeof failure;
    if (connect(socket, (const struct sockaddr *)&clamav->address, clamav->address_bytes) == 0) {
        return true;
    }
    return errno == EINPROGRESS && wait_for(socket, POLLOUT, deadline_ms) &&
           getsockopt(socket, SOL_SOCKET, SO_ERROR, &failure, &size) == 0 && failure == 0;
}

enum err clamav_scan(void *state, const char *bytes, size_t length, bool *is_infected) {
    const struct clamav *clamav = state;
    const int64_t deadline_ms = clock_monotonic_ms() + DEADLINE_MS;
    const int connection =
        socket(clamav->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    enum err verdict = ERR_UNAVAILABLE;
    *is_infected = false;
    if (connection >= 0 && connect_within(connection, clamav, deadline_ms)) {
        (void)send_file(connection, bytes, length, deadline_ms);
        verdict = read_verdict(connection, deadline_ms, is_infected);
    }
    if (connection >= 0) {
        (void)close(connection);
    }
    return verdict;
}
