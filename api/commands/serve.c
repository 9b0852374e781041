#include "app.h"
#include "base/log.h"
#include "commands/commands.h"
#include "http/server.h"
#include <signal.h>

/* SIGTERM and SIGINT are blocked in every thread and waited for here. */
static void block_signals(sigset_t *awaited) {
    sigemptyset(awaited);
    sigaddset(awaited, SIGTERM);
    sigaddset(awaited, SIGINT);
    pthread_sigmask(SIG_BLOCK, awaited, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

int command_serve(int count, char **arguments) {
    static struct app app;
    struct server *server = NULL;
    sigset_t awaited;
    (void)arguments;
    if (count != 0) {
        return 2;
    }
    block_signals(&awaited);
    if (app_init(&app) != ERR_NONE || server_start(&app.http, &server) != ERR_NONE) {
        app_clear(&app);
        return 1;
    }
    int received = 0;
    (void)sigwait(&awaited, &received);
    server_stop(server);
    app_clear(&app);
    log_info(LOG_STOPPED, LOG_NUMBER("signal", received));
    return 0;
}
