#include "http/connection_phase.h"

#define SECONDS(count) (INT64_C(1000) * (count))

static const struct {
    const char *name;
    int64_t most_ms; /* 0: no deadline */
} PHASES[] = {
    [PHASE_OPENED] = {"headers", SECONDS(10)},  [PHASE_HEADERS] = {"headers", SECONDS(10)},
    [PHASE_BODY] = {"body", SECONDS(900)},      [PHASE_HANDLING] = {"handling", 0},
    [PHASE_SENDING] = {"answer", SECONDS(300)}, [PHASE_IDLE] = {"idle", SECONDS(40)},
    [PHASE_REFUSED] = {"refused", SECONDS(2)},
};

enum {
    WINDOW_MS = 10 * 1000, /* in which a body has to move, by as much: 1 kB/s */
    WINDOW_BYTES_MIN = 10 * 1000,
};

const char *connection_phase_name(enum connection_phase phase) {
    return PHASES[phase].name;
}

void connection_progress_enter(struct connection_progress *progress, enum connection_phase phase,
                               int64_t now_ms) {
    *progress =
        (struct connection_progress){.phase = phase, .since_ms = now_ms, .window_from_ms = now_ms};
}

static bool has_stalled(struct connection_progress *progress, int64_t now_ms) {
    if (progress->phase != PHASE_BODY || now_ms - progress->window_from_ms <= WINDOW_MS) {
        return false;
    }
    const bool stalled = progress->window_bytes < WINDOW_BYTES_MIN;
    progress->window_from_ms = now_ms;
    progress->window_bytes = 0;
    return stalled;
}

bool connection_progress_is_over(struct connection_progress *progress, int64_t now_ms) {
    const int64_t most_ms = PHASES[progress->phase].most_ms;
    const bool is_late = most_ms > 0 && now_ms - progress->since_ms > most_ms;
    return is_late || has_stalled(progress, now_ms);
}
