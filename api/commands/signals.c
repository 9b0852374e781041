#include "commands/signals.h"
#include <pthread.h>
#include <signal.h>

static void fill_awaited(sigset_t *awaited) {
    sigemptyset(awaited);
    sigaddset(awaited, SIGTERM);
    sigaddset(awaited, SIGINT);
}

void signals_block(void) {
    sigset_t awaited;
    fill_awaited(&awaited);
    pthread_sigmask(SIG_BLOCK, &awaited, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

int signals_wait(void) {
    sigset_t awaited;
    fill_awaited(&awaited);
    int received = 0;
    (void)sigwait(&awaited, &received);
    return received;
}
