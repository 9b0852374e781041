#include "http/connection_deadlines.h"
#include "base/clock.h"
#include "base/log.h"
#include "http/connection_phase.h"
#include "http/http_state.h"
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>

enum {
    TICK_MS = 100,
    YOUNG_MS = 1000, /* a client that opens a connection to use it has sent something by then */
    CROWD = 128,     /* connections whose memory is worth giving back */
};

/* Locks. The list is guarded by the watcher's mutex. What changes with each request is guarded by a
 * mutex of each connection: a thousand threads would queue for a common one. Order where both are
 * held: the watcher's first. */
struct watched {
    struct watched *next;
    struct watched *previous;
    int socket;
    pthread_mutex_t mutex; /* guards what follows */
    struct connection_progress progress;
    bool ended; /* shutdown was called */
};

struct connection_deadlines {
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    pthread_t thread;
    bool stopping;
    struct watched *first;
    struct http_state *http;
    size_t most; /* connections at a time since memory was given back */
};

static void look_at(struct connection_deadlines *connection_deadlines, struct watched *watched,
                    int64_t now_ms) {
    if (watched->ended) {
        return;
    }
    if (connection_progress_is_over(&watched->progress, now_ms)) {
        const enum connection_phase phase = watched->progress.phase;
        watched->ended = true;
        (void)shutdown(watched->socket, SHUT_RDWR);
        if (phase == PHASE_REFUSED) {
            return;
        }
        atomic_fetch_add(&connection_deadlines->http->connections_cut, 1);
        log_info(LOG_CONNECTION_REAPED, LOG_TEXT("phase", connection_phase_name(phase)));
    }
}

/* glibc keeps the memory that many connections needed (6 MB for 400). Give it back once they have
 * left. */
static void give_memory_back(struct connection_deadlines *connection_deadlines) {
    const size_t now = (size_t)atomic_load(&connection_deadlines->http->connections);
    if (now > connection_deadlines->most) {
        connection_deadlines->most = now;
    } else if (connection_deadlines->most >= CROWD && now < connection_deadlines->most / 4) {
        (void)malloc_trim(0);
        connection_deadlines->most = now;
    }
}

static void *run(void *argument) {
    struct connection_deadlines *connection_deadlines = argument;
    pthread_mutex_lock(&connection_deadlines->mutex);
    while (!connection_deadlines->stopping) {
        const struct timespec until = clock_deadline(TICK_MS);
        (void)pthread_cond_timedwait(&connection_deadlines->wake, &connection_deadlines->mutex,
                                     &until);
        const int64_t now_ms = clock_monotonic_ms();
        give_memory_back(connection_deadlines);
        for (struct watched *watched = connection_deadlines->first; watched != NULL;
             watched = watched->next) {
            pthread_mutex_lock(&watched->mutex);
            look_at(connection_deadlines, watched, now_ms);
            pthread_mutex_unlock(&watched->mutex);
        }
    }
    pthread_mutex_unlock(&connection_deadlines->mutex);
    return NULL;
}

struct connection_deadlines *connection_deadlines_new(struct http_state *http) {
    struct connection_deadlines *connection_deadlines = calloc(1, sizeof *connection_deadlines);
    if (connection_deadlines == NULL) {
        return NULL;
    }
    connection_deadlines->http = http;
    pthread_mutex_init(&connection_deadlines->mutex, NULL);
    clock_cond_init(&connection_deadlines->wake);
    if (pthread_create(&connection_deadlines->thread, NULL, run, connection_deadlines) != 0) {
        pthread_cond_destroy(&connection_deadlines->wake);
        pthread_mutex_destroy(&connection_deadlines->mutex);
        free(connection_deadlines);
        return NULL;
    }
    return connection_deadlines;
}

void connection_deadlines_free(struct connection_deadlines *connection_deadlines) {
    if (connection_deadlines == NULL) {
        return;
    }
    pthread_mutex_lock(&connection_deadlines->mutex);
    connection_deadlines->stopping = true;
    pthread_cond_signal(&connection_deadlines->wake);
    pthread_mutex_unlock(&connection_deadlines->mutex);
    pthread_join(connection_deadlines->thread, NULL);
    pthread_cond_destroy(&connection_deadlines->wake);
    pthread_mutex_destroy(&connection_deadlines->mutex);
    free(connection_deadlines);
}

struct watched *connection_deadlines_opened(struct connection_deadlines *connection_deadlines,
                                            int socket) {
    struct watched *watched = calloc(1, sizeof *watched);
    if (watched == NULL) {
        return NULL;
    }
    watched->socket = socket;
    pthread_mutex_init(&watched->mutex, NULL);
    connection_progress_enter(&watched->progress, PHASE_OPENED, clock_monotonic_ms());
    pthread_mutex_lock(&connection_deadlines->mutex);
    watched->next = connection_deadlines->first;
    if (connection_deadlines->first != NULL) {
        connection_deadlines->first->previous = watched;
    }
    connection_deadlines->first = watched;
    pthread_mutex_unlock(&connection_deadlines->mutex);
    atomic_fetch_add(&connection_deadlines->http->connections, 1);
    return watched;
}

void connection_deadlines_closed(struct connection_deadlines *connection_deadlines,
                                 struct watched *watched) {
    if (watched == NULL) {
        return;
    }
    pthread_mutex_lock(&connection_deadlines->mutex);
    if (watched->previous != NULL) {
        watched->previous->next = watched->next;
    } else {
        connection_deadlines->first = watched->next;
    }
    if (watched->next != NULL) {
        watched->next->previous = watched->previous;
    }
    pthread_mutex_unlock(&connection_deadlines->mutex);
    atomic_fetch_sub(&connection_deadlines->http->connections, 1);
    pthread_mutex_destroy(&watched->mutex);
    free(watched);
}

bool connection_deadlines_awaits_request(struct connection_deadlines *connection_deadlines) {
    bool awaits = false;
    pthread_mutex_lock(&connection_deadlines->mutex);
    const int64_t young_ms = clock_monotonic_ms() - YOUNG_MS;
    for (struct watched *watched = connection_deadlines->first; watched != NULL;
         watched = watched->next) {
        pthread_mutex_lock(&watched->mutex);
        awaits = awaits ||
                 (watched->progress.phase == PHASE_OPENED && watched->progress.since_ms > young_ms);
        pthread_mutex_unlock(&watched->mutex);
    }
    pthread_mutex_unlock(&connection_deadlines->mutex);
    return awaits;
}

static void enter(struct watched *watched, enum connection_phase phase) {
    if (watched == NULL) {
        return;
    }
    pthread_mutex_lock(&watched->mutex);
    connection_progress_enter(&watched->progress, phase, clock_monotonic_ms());
    pthread_mutex_unlock(&watched->mutex);
}

void connection_deadlines_request_started(struct watched *watched) {
    if (watched == NULL) {
        return;
    }
    pthread_mutex_lock(&watched->mutex);
    if (watched->progress.phase == PHASE_OPENED) {
        watched->progress.phase = PHASE_HEADERS; /* the first request line has no time of its own */
    } else {
        connection_progress_enter(&watched->progress, PHASE_HEADERS, clock_monotonic_ms());
    }
    pthread_mutex_unlock(&watched->mutex);
}

void connection_deadlines_body(struct watched *watched) {
    enter(watched, PHASE_BODY);
}

void connection_deadlines_received(struct watched *watched, size_t bytes) {
    if (watched == NULL) {
        return;
    }
    pthread_mutex_lock(&watched->mutex);
    watched->progress.window_bytes += bytes;
    pthread_mutex_unlock(&watched->mutex);
}

void connection_deadlines_refused(struct watched *watched) {
    enter(watched, PHASE_REFUSED);
}

void connection_deadlines_handling(struct watched *watched) {
    enter(watched, PHASE_HANDLING);
}

void connection_deadlines_sending(struct watched *watched) {
    enter(watched, PHASE_SENDING);
}

void connection_deadlines_finished(struct watched *watched) {
    enter(watched, PHASE_IDLE);
}
