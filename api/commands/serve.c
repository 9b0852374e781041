#include "app.h"
#include "base/log.h"
#include "commands/commands.h"
#include "commands/seed_demo.h"
#include "commands/signals.h"
#include "http/management.h"
#include "http/server.h"
#include "worker/sealer.h"
#include "worker/worker.h"

int command_serve(const struct command_input *input) {
    static struct app app;
    struct server *server = NULL;
    struct management *management = NULL;
    (void)input;
    signals_block();
    if (app_init(&app) != ERR_NONE || seed_demo_is_exposed(&app) || app_admit(&app) != ERR_NONE ||
        app_start(&app) != ERR_NONE || management_start(&app.config, &management) != ERR_NONE ||
        server_start(&app.http, &server) != ERR_NONE) {
        management_stop(management);
        app_clear(&app);
        return 1;
    }
    struct worker *worker = app.config.worker ? worker_start(&app.services) : NULL;
    struct sealer *sealer = sealer_start(&app.services);
    const int received = signals_wait();
    server_stop(server);
    worker_stop(worker);
    management_stop(management);
    sealer_stop(sealer);
    app_clear(&app);
    log_info(LOG_STOPPED, LOG_NUMBER("signal", received));
    return 0;
}
