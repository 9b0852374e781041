#include "gateway/watcher.h"
#include "base/clock.h"
#include "domain/token.h"
#include "store/listener.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { POLL_MS = 2000, MARKS_MS = 5000, KEYS_MS = 4000 };

static const char *const CHANNELS[] = {"token", "signing_key", NULL};

struct watcher {
    const struct services *services;
    struct token_table *tokens;
    struct listener *listener;
    pthread_t thread;
    int wake_fd;
    atomic_bool stopping;
    int64_t poll_at_ms;
    int64_t marks_at_ms;
    int64_t keys_at_ms;
};

static void load_keys(struct watcher *watcher, int64_t now_ms) {
    (void)!token_keys_load(watcher->services);
    watcher->keys_at_ms = now_ms + KEYS_MS;
}

static void hear(struct watcher *watcher, const struct notification *notification) {
    if (strcmp(notification->channel, "token") == 0) {
        token_table_renew(watcher->tokens, notification->payload);
        return;
    }
    load_keys(watcher, clock_monotonic_ms());
}

/* What is due; failures are tried again in the next round. */
static void look(struct watcher *watcher) {
    const int64_t now_ms = clock_monotonic_ms();
    if (now_ms >= watcher->poll_at_ms) {
        (void)!token_table_poll(watcher->tokens, now_ms);
        watcher->poll_at_ms = now_ms + POLL_MS;
    }
    if (now_ms >= watcher->keys_at_ms) {
        load_keys(watcher, now_ms);
    }
    if (now_ms >= watcher->marks_at_ms) {
        (void)!token_table_flush_marks(watcher->tokens);
        watcher->marks_at_ms = now_ms + MARKS_MS;
    }
}

static void *run(void *state) {
    struct watcher *watcher = state;
    while (!atomic_load(&watcher->stopping)) {
        struct notification notification;
        bool got = false;
        bool connected = false;
        int64_t wait_ms = watcher->poll_at_ms - clock_monotonic_ms();
        wait_ms = wait_ms < 0 ? 0 : wait_ms;
        (void)!listener_wait(watcher->listener, (int)wait_ms, watcher->wake_fd, &notification, &got,
                             &connected);
        if (got) {
            hear(watcher, &notification);
        }
        if (connected) {
            watcher->poll_at_ms = 0; /* what was said before we listened */
            watcher->keys_at_ms = 0;
        }
        look(watcher);
    }
    return NULL;
}

struct watcher *watcher_new(const struct services *services, struct token_table *tokens) {
    const struct config *config = services->config;
    struct watcher *watcher = calloc(1, sizeof *watcher);
    if (watcher == NULL) {
        return NULL;
    }
    watcher->services = services;
    watcher->tokens = tokens;
    watcher->wake_fd = eventfd(0, EFD_CLOEXEC);
    watcher->listener = listener_new(
        *config->database_listen_url != '\0' ? config->database_listen_url : config->database_url,
        CHANNELS);
    watcher->marks_at_ms = clock_monotonic_ms() + MARKS_MS;
    load_keys(watcher, clock_monotonic_ms());
    if (watcher->wake_fd < 0 || pthread_create(&watcher->thread, NULL, run, watcher) != 0) {
        listener_free(watcher->listener);
        free(watcher);
        return NULL;
    }
    return watcher;
}

void watcher_free(struct watcher *watcher) {
    if (watcher == NULL) {
        return;
    }
    atomic_store(&watcher->stopping, true);
    (void)!eventfd_write(watcher->wake_fd, 1);
    pthread_join(watcher->thread, NULL);
    (void)!token_table_flush_marks(watcher->tokens);
    listener_free(watcher->listener);
    (void)close(watcher->wake_fd);
    free(watcher);
}
