#include "worker/worker.h"
#include "app.h"
#include "base/log.h"
#include "commands/commands.h"
#include "commands/signals.h"
#include "worker/sealer.h"

int command_worker(const struct command_input *input) {
    static struct app app;
    (void)input;
    signals_block();
    if (app_init(&app) != ERR_NONE || app_admit(&app) != ERR_NONE) {
        app_clear(&app);
        return 1;
    }
    struct worker *worker = worker_start(&app.services);
    log_info(LOG_STARTED, LOG_TEXT("part", "worker"));
    struct sealer *sealer = sealer_start(&app.services);
    const int received = signals_wait();
    worker_stop(worker);
    sealer_stop(sealer);
    app_clear(&app);
    log_info(LOG_STOPPED, LOG_NUMBER("signal", received));
    return 0;
}
