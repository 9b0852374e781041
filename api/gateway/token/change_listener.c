#include "gateway/token/change_listener.h"
#include "base/clock.h"
#include "engine/listener.h"
#include "token/token.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { POLL_MS = 3000, RETRY_MS = 500, MARKS_MS = 5000 };

static const char *const CHANNELS[] = {"token", "signing_key", NULL};

struct change_listener {
    const struct services *services;
    struct token_cache *tokens;
    struct listener *listener;
    pthread_t thread;
    int wake_fd;
    atomic_bool stopping;
    int64_t poll_at_ms;
    int64_t marks_at_ms;
    bool has_keys;     /* loaded at least once */
    int64_t keys_hash; /* of those that were loaded */
};

/* `keys_hash` was read before the keys: the next poll sees a change in between. */
static void load_keys(struct change_listener *change_listener, int64_t keys_hash) {
    if (token_keys_load(change_listener->services) == ERR_NONE) {
        change_listener->has_keys = true;
        change_listener->keys_hash = keys_hash;
    }
}

static void handle(struct change_listener *change_listener,
                   const struct notification *notification) {
    if (strcmp(notification->channel, "token") == 0) {
        token_cache_renew(change_listener->tokens, notification->payload);
        return;
    }
    load_keys(change_listener, change_listener->keys_hash);
}

/* Retries soon after a failure: a lost connection costs one, and waiting for the next interval would exceed
 * the time that a revocation may take. */
static void poll_changes(struct change_listener *change_listener, int64_t now_ms) {
    int64_t keys_hash = 0;
    if (token_cache_poll(change_listener->tokens, now_ms, &keys_hash) != ERR_NONE) {
        change_listener->poll_at_ms = now_ms + RETRY_MS;
        return;
    }
    change_listener->poll_at_ms = now_ms + POLL_MS;
    if (!change_listener->has_keys || keys_hash != change_listener->keys_hash) {
        load_keys(change_listener, keys_hash);
    }
}

/* Runs what is due; a failure is retried in the next round. */
static void run_due(struct change_listener *change_listener) {
    const int64_t now_ms = clock_monotonic_ms();
    if (now_ms >= change_listener->poll_at_ms) {
        poll_changes(change_listener, now_ms);
    }
    if (now_ms >= change_listener->marks_at_ms) {
        (void)!token_cache_flush_marks(change_listener->tokens);
        change_listener->marks_at_ms = now_ms + MARKS_MS;
    }
}

static void *run(void *state) {
    struct change_listener *change_listener = state;
    while (!atomic_load(&change_listener->stopping)) {
        struct notification notification;
        bool got = false;
        bool connected = false;
        int64_t wait_ms = change_listener->poll_at_ms - clock_monotonic_ms();
        wait_ms = wait_ms < 0 ? 0 : wait_ms;
        (void)!listener_wait(change_listener->listener, (int)wait_ms, change_listener->wake_fd,
                             &notification, &got, &connected);
        if (got) {
            handle(change_listener, &notification);
        }
        if (connected) {
            change_listener->poll_at_ms = 0; /* notifications before the connection were lost */
        }
        run_due(change_listener);
    }
    return NULL;
}

struct change_listener *change_listener_new(const struct services *services,
                                            struct token_cache *tokens) {
    const struct config *config = services->config;
    struct change_listener *change_listener = calloc(1, sizeof *change_listener);
    if (change_listener == NULL) {
        return NULL;
    }
    change_listener->services = services;
    change_listener->tokens = tokens;
    change_listener->wake_fd = eventfd(0, EFD_CLOEXEC);
    change_listener->listener = listener_new(
        *config->database_listen_url != '\0' ? config->database_listen_url : config->database_url,
        CHANNELS);
    change_listener->marks_at_ms = clock_monotonic_ms() + MARKS_MS;
    load_keys(change_listener, 0);
    if (change_listener->wake_fd < 0 ||
        pthread_create(&change_listener->thread, NULL, run, change_listener) != 0) {
        listener_free(change_listener->listener);
        free(change_listener);
        return NULL;
    }
    return change_listener;
}

void change_listener_free(struct change_listener *change_listener) {
    if (change_listener == NULL) {
        return;
    }
    atomic_store(&change_listener->stopping, true);
    (void)!eventfd_write(change_listener->wake_fd, 1);
    pthread_join(change_listener->thread, NULL);
    (void)!token_cache_flush_marks(change_listener->tokens);
    listener_free(change_listener->listener);
    (void)close(change_listener->wake_fd);
    free(change_listener);
}
