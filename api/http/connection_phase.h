#ifndef GUICHET_HTTP_CONNECTION_PHASE_H
#define GUICHET_HTTP_CONNECTION_PHASE_H
/* Where a connection stands and how long it may stay there. All times are monotonic milliseconds that the caller reads. The
 * caller guards a progress against other threads. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum connection_phase {
    PHASE_OPENED,
    PHASE_HEADERS,
    PHASE_BODY,
    PHASE_HANDLING,
    PHASE_SENDING,
    PHASE_IDLE,
    PHASE_REFUSED, /* the answer is sent; the caller may read it */
};

struct connection_progress {
    enum connection_phase phase;
    int64_t since_ms;
    int64_t window_from_ms; /* of a body */
    size_t window_bytes;    /* that came since then */
};

/* As the log names it: headers, body, handling, answer, idle, refused. */
const char *connection_phase_name(enum connection_phase phase);
void connection_progress_enter(struct connection_progress *progress, enum connection_phase phase,
                               int64_t now_ms);
/* True where the phase has lasted longer than it may, or a body moved by less than 10,000 bytes over 10 s. Begins the
 * next window of a body where one has ended. */
bool connection_progress_is_over(struct connection_progress *progress, int64_t now_ms);

#endif
