#include "worker/sealer.h"
#include "base/clock.h"
#include "base/log.h"
#include "core/audit.h"
#include "core/master_key.h"
#include <pthread.h>
#include <stdlib.h>

enum {
    LOOK_MS =
        1000, /* how often this process asks itself whether it wrote; the bound of the delay */
    POLL_MS = 30 * 1000, /* how often it looks for rows of others */
    HEAD_MS = 60 * 1000,
    KEY_MS = MASTER_KEY_NOTED_S * 1000,
};

struct sealer {
    const struct services *services;
    pthread_t thread;
    pthread_mutex_t mutex; /* guards is_stopping */
    pthread_cond_t changed;
    bool is_stopping;
    /* Of the thread alone. */
    uint64_t sealed_count; /* of audit_written_count */
    int64_t poll_at_ms;
    int64_t head_at_ms;
    int64_t key_at_ms;
};

/* False when the sealer is to stop. */
static bool sealer_wait(struct sealer *sealer) {
    pthread_mutex_lock(&sealer->mutex);
    const struct timespec until = clock_deadline(LOOK_MS);
    while (!sealer->is_stopping &&
           pthread_cond_timedwait(&sealer->changed, &sealer->mutex, &until) == 0) {
    }
    const bool is_running = !sealer->is_stopping;
    pthread_mutex_unlock(&sealer->mutex);
    return is_running;
}

static enum err seal_all(struct sealer *sealer) {
    bool has_more = true;
    while (has_more) {
        ARENA_AUTO(arena);
        TRY(audit_seal(sealer->services, &arena, &has_more));
    }
    return ERR_NONE;
}

static void seal_new(struct sealer *sealer) {
    const uint64_t written_count = audit_written_count();
    const int64_t now_ms = clock_monotonic_ms();
    if (written_count == sealer->sealed_count && now_ms < sealer->poll_at_ms) {
        return;
    }
    if (seal_all(sealer) == ERR_NONE) { /* after a failure: again at the next look */
        sealer->sealed_count = written_count;
        sealer->poll_at_ms = now_ms + POLL_MS;
    }
}

static void log_head(struct sealer *sealer) {
    ARENA_AUTO(arena);
    struct audit_state state;
    const int64_t now_ms = clock_monotonic_ms();
    if (now_ms < sealer->head_at_ms ||
        audit_state(sealer->services->pool, &arena, &state) != ERR_NONE) {
        return;
    }
    sealer->head_at_ms = now_ms + HEAD_MS;
    if (*state.head != '\0') {
        log_info(LOG_AUDIT_HEAD, LOG_TEXT("head", state.head),
                 LOG_NUMBER("waits_s", state.waits_s));
    }
}

/* Says which key this process seals with, and in the log where it is not the right one. */
static void note_key(struct sealer *sealer) {
    ARENA_AUTO(arena);
    const char *reason = NULL;
    const int64_t now_ms = clock_monotonic_ms();
    if (now_ms < sealer->key_at_ms) {
        return;
    }
    const enum err noted = master_key_admit(sealer->services, &arena, &reason);
    if (noted == ERR_NONE || master_key_check(sealer->services) == ERR_CONFLICT) {
        sealer->key_at_ms = now_ms + KEY_MS;
    }
}

static void *sealer_thread(void *argument) {
    struct sealer *sealer = argument;
    do {
        seal_new(sealer);
        log_head(sealer);
        note_key(sealer);
    } while (sealer_wait(sealer));
    seal_new(sealer);
    return NULL;
}

struct sealer *sealer_start(const struct services *services) {
    struct sealer *sealer = calloc(1, sizeof *sealer);
    if (sealer == NULL) {
        abort(); /* at start: nothing was accepted yet */
    }
    sealer->services = services;
    pthread_mutex_init(&sealer->mutex, NULL);
    clock_cond_init(&sealer->changed);
    if (pthread_create(&sealer->thread, NULL, sealer_thread, sealer) != 0) {
        abort();
    }
    return sealer;
}

void sealer_stop(struct sealer *sealer) {
    if (sealer == NULL) {
        return;
    }
    pthread_mutex_lock(&sealer->mutex);
    sealer->is_stopping = true;
    pthread_cond_broadcast(&sealer->changed);
    pthread_mutex_unlock(&sealer->mutex);
    pthread_join(sealer->thread, NULL);
    pthread_cond_destroy(&sealer->changed);
    pthread_mutex_destroy(&sealer->mutex);
    free(sealer);
}
