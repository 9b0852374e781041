#include "engine/listener.h"
#include "base/clock.h"
#include "base/log.h"
#include "engine/connection.h"
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECONNECT_PAUSE_MS = 1000 };

struct listener {
    char *url;
    const char *const *channels;
    PGconn *pg;
    int64_t next_attempt_ms;
};

struct listener *listener_new(const char *url, const char *const *channels) {
    struct listener *listener = calloc(1, sizeof *listener);
    char *copy = strdup(url);
    if (listener == NULL || copy == NULL) {
        abort(); /* at start only */
    }
    listener->url = copy;
    listener->channels = channels;
    return listener;
}

void listener_free(struct listener *listener) {
    if (listener != NULL) {
        PQfinish(listener->pg);
        free(listener->url);
        free(listener);
    }
}

static bool listen_to(PGconn *pg, const char *channel) {
    char *name = PQescapeIdentifier(pg, channel, strlen(channel));
    char statement[80];
    (void)snprintf(statement, sizeof statement, "LISTEN %s", name == NULL ? "" : name);
    PQfreemem(name);
    return connection_exec(pg, statement, ANSWER_MS);
}

static void drop(struct listener *listener) {
    if (listener->pg != NULL) {
        log_warning(LOG_LISTENER_DOWN, LOG_NUMBER("retry_ms", RECONNECT_PAUSE_MS));
        PQfinish(listener->pg);
        listener->pg = NULL;
    }
    listener->next_attempt_ms = clock_monotonic_ms() + RECONNECT_PAUSE_MS;
}

static bool connect_now(struct listener *listener) {
    const char *const names[] = {"dbname",           "connect_timeout",  "keepalives_idle",
                                 "tcp_user_timeout", "application_name", NULL};
    const char *const values[] = {listener->url, "2", "10", "5000", "guichet-listener", NULL};
    if (clock_monotonic_ms() < listener->next_attempt_ms) {
        return false;
    }
    PGconn *pg = connection_connect(names, values);
    bool ready = PQstatus(pg) == CONNECTION_OK;
    for (size_t i = 0; ready && listener->channels[i] != NULL; i++) {
        ready = listen_to(pg, listener->channels[i]);
    }
    if (!ready) {
        PQfinish(pg);
        listener->next_attempt_ms = clock_monotonic_ms() + RECONNECT_PAUSE_MS;
        return false;
    }
    listener->pg = pg;
    return true;
}

static bool take(struct listener *listener, struct notification *out) {
    PGnotify *notify = PQnotifies(listener->pg);
    if (notify == NULL) {
        return false;
    }
    (void)snprintf(out->channel, sizeof out->channel, "%s", notify->relname);
    (void)snprintf(out->payload, sizeof out->payload, "%s", notify->extra);
    PQfreemem(notify);
    return true;
}

enum err listener_wait(struct listener *listener, int timeout_ms, int wake_fd,
                       struct notification *out, bool *got, bool *connected) {
    *got = false;
    *connected = listener->pg == NULL && connect_now(listener);
    if (listener->pg != NULL && take(listener, out)) {
        *got = true;
        return ERR_NONE;
    }
    struct pollfd waits[] = {
        {.fd = wake_fd, .events = POLLIN},
        {.fd = listener->pg == NULL ? -1 : PQsocket(listener->pg), .events = POLLIN},
    };
    const int ready = *connected ? 0 : poll(waits, 2, timeout_ms);
    if (listener->pg == NULL) {
        return ERR_UNAVAILABLE;
    }
    if (ready > 0 && waits[1].revents != 0) {
        if (PQconsumeInput(listener->pg) != 1) {
            drop(listener);
            return ERR_UNAVAILABLE;
        }
        *got = take(listener, out);
    }
    return ERR_NONE;
}
