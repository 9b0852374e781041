#include "app.h"
#include "commands/commands.h"
#include "outbound/http_client.h"
#include "worker/pulse.h"
#include <stdio.h>

static int check_worker(const struct config *config) {
    const int64_t age_s = pulse_get_age_s(config->data_dir);
    if (age_s < 0) {
        (void)fprintf(stderr, "no worker has got on with %s as its GUICHET_DATA_DIR\n",
                      config->data_dir);
    } else if (age_s > PULSE_S_MAX) {
        (void)fprintf(stderr, "the worker has not got on for %lld s\n", (long long)age_s);
    }
    return age_s < 0 || age_s > PULSE_S_MAX ? 1 : 0;
}

/* Asks the program of this machine whether it is ready: for containers and systemd. */
int command_healthcheck(const struct command_input *input) {
    ARENA_AUTO(arena);
    struct config config;
    if (app_load_config(&arena, &config) != ERR_NONE) {
        return 1;
    }
    if (input->options[COMMAND_OPTION_WORKER] != NULL) {
        return check_worker(&config);
    }
    if (http_client_global_init() != ERR_NONE) {
        return 1;
    }
    struct http_client *client = http_client_new(&(struct http_client_options){
        .connect_timeout_ms = 1000, .timeout_ms = 2500, .body_bytes_max = (size_t)64 * 1024});
    const struct http_request request = {
        .method = "GET",
        .url = arena_printf(&arena, "http://127.0.0.1:%d/health/ready", (int)config.port)};
    struct http_response response = {0};
    const char *reason = NULL;
    const enum err err = http_client_send(client, &arena, &request, &response, &reason);
    http_client_free(client);
    if (err != ERR_NONE || response.status != 200) {
        (void)fprintf(stderr, "not ready: %s\n",
                      err != ERR_NONE ? reason : arena_printf(&arena, "%d", response.status));
        return 1;
    }
    return 0;
}
