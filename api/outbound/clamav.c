#include "outbound/clamav.h"
#include "base/clock.h"
#include "base/text.h"
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
#include <time.h>
#include <unistd.h>

enum { DEADLINE_MS = 30000, TRY_MS = 5000, CHUNK_BYTES = 64 * 1024, REPLY_BYTES = 512 };

struct clamav {
    char *host; /* NULL: a socket of this machine */
    char *service;
    struct sockaddr_un local;
};

static bool read_unix(struct clamav *clamav, const char *path) {
    if (strlen(path) >= sizeof clamav->local.sun_path) {
        return false;
    }
    clamav->local.sun_family = AF_UNIX;
    memcpy(clamav->local.sun_path, path, strlen(path) + 1);
    return true;
}

static bool read_host(struct clamav *clamav, const char *setting) {
    const char *colon = strrchr(setting, ':');
    int64_t port = 0;
    if (colon == NULL || colon == setting || !text_parse_integer(colon + 1, 1, 65535, &port)) {
        return false;
    }
    clamav->host = strndup(setting, (size_t)(colon - setting));
    clamav->service = strdup(colon + 1);
    return clamav->host != NULL && clamav->service != NULL;
}

enum err clamav_new(const struct config *config, struct field_errors *errors, struct clamav **out) {
    const char *setting = config->clamav;
    *out = NULL;
    if (*setting == '\0') {
        return ERR_NONE;
    }
    struct clamav *clamav = calloc(1, sizeof *clamav);
    if (clamav == NULL) {
        return err_internal("no memory");
    }
    const bool known = strncmp(setting, "unix:", 5) == 0 ? read_unix(clamav, setting + 5)
                                                         : read_host(clamav, setting);
    if (!known) {
        clamav_free(clamav);
        field_errors_add(errors, "GUICHET_CLAMAV", "invalid_format",
                         "GUICHET_CLAMAV: unix:/path or host:port is expected");
        return ERR_INVALID;
    }
    *out = clamav;
    return ERR_NONE;
}

void clamav_free(struct clamav *clamav) {
    if (clamav != NULL) {
        free(clamav->host);
        free(clamav->service);
        free(clamav);
    }
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

/* Reads up to the NUL that ends a reply, or as much as came. `reply` is zero before. */
static void read_reply(int socket, int64_t deadline_ms, char reply[REPLY_BYTES]) {
    size_t length = 0;
    while (length < REPLY_BYTES - 1 && wait_for(socket, POLLIN, deadline_ms)) {
        const ssize_t got = recv(socket, reply + length, REPLY_BYTES - 1 - length, 0);
        if (got <= 0) {
            break;
        }
        length += (size_t)got;
        if (memchr(reply, '\0', length) != NULL) {
            break;
        }
    }
}

/* clamd may answer before it has taken everything: its answer counts even where sending failed. An
 * ERROR is about this file (its size, a broken archive), and no sign that clamd is unavailable. */
static enum err read_verdict(int socket, int64_t deadline_ms, bool *is_infected) {
    char reply[REPLY_BYTES] = "";
    read_reply(socket, deadline_ms, reply);
    *is_infected = strstr(reply, " FOUND") != NULL;
    if (*is_infected || strcmp(reply, "stream: OK") == 0) {
        return ERR_NONE;
    }
    return strstr(reply, " ERROR") != NULL ? ERR_INVALID : ERR_UNAVAILABLE;
}

static bool connect_within(int socket, const struct sockaddr *address, socklen_t address_bytes,
                           int64_t deadline_ms) {
    int failure = 0;
    socklen_t size = sizeof failure;
    if (connect(socket, address, address_bytes) == 0) {
        return true;
    }
    return errno == EINPROGRESS && wait_for(socket, POLLOUT, deadline_ms) &&
           getsockopt(socket, SOL_SOCKET, SO_ERROR, &failure, &size) == 0 && failure == 0;
}

/* Connects; -1 where nothing listens there. */
static int open_connection(const struct sockaddr *address, socklen_t address_bytes,
                           int64_t deadline_ms) {
    const int connection =
        socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (connection >= 0 && !connect_within(connection, address, address_bytes, deadline_ms)) {
        (void)close(connection);
        return -1;
    }
    return connection;
}

/* The name is resolved for each scan: a scanner that moved is found at its new address. */
static int open_scanner(const struct clamav *clamav, int64_t deadline_ms) {
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int connection = -1;
    if (clamav->host == NULL) {
        return open_connection((const struct sockaddr *)&clamav->local, sizeof clamav->local,
                               deadline_ms);
    }
    if (getaddrinfo(clamav->host, clamav->service, &hints, &found) != 0) {
        return -1;
    }
    for (const struct addrinfo *at = found; at != NULL && connection < 0; at = at->ai_next) {
        connection = open_connection(at->ai_addr, at->ai_addrlen, deadline_ms);
    }
    freeaddrinfo(found);
    return connection;
}

enum err clamav_scan(void *state, const char *bytes, size_t length, bool *is_infected) {
    const int64_t deadline_ms = clock_monotonic_ms() + DEADLINE_MS;
    const int connection = open_scanner(state, deadline_ms);
    *is_infected = false;
    if (connection < 0) {
        return ERR_UNAVAILABLE;
    }
    (void)send_file(connection, bytes, length, deadline_ms);
    const enum err verdict = read_verdict(connection, deadline_ms, is_infected);
    (void)close(connection);
    return verdict;
}

/* One command of clamd and its reply, in the arena; "" where nothing answers. */
static const char *ask(const struct clamav *clamav, struct arena *arena, const char *command) {
    const int64_t deadline_ms = clock_monotonic_ms() + TRY_MS;
    const int connection = open_scanner(clamav, deadline_ms);
    char reply[REPLY_BYTES] = "";
    if (connection < 0) {
        return "";
    }
    if (send_all(connection, command, strlen(command) + 1, deadline_ms)) {
        read_reply(connection, deadline_ms, reply);
    }
    (void)close(connection);
    return arena_strdup(arena, reply);
}

/* "ClamAV 1.0.7/27200/Mon Nov 30 08:21:08 2026": the time at its end, of the signatures. */
static int64_t read_signature_time(const char *version) {
    const char *slash = strrchr(version, '/');
    struct tm time = {0};
    if (slash == NULL || strptime(slash + 1, "%a %b %d %H:%M:%S %Y", &time) == NULL) {
        return -1;
    }
    return (int64_t)timegm(&time);
}

enum err clamav_try(const struct clamav *clamav, struct arena *arena, const char **version,
                    int64_t *signed_at_s) {
    *version = "";
    *signed_at_s = -1;
    if (strcmp(ask(clamav, arena, "zPING"), "PONG") != 0) {
        return ERR_UNAVAILABLE;
    }
    *version = ask(clamav, arena, "zVERSION");
    *signed_at_s = read_signature_time(*version);
    return ERR_NONE;
}
