#include "app.h"
#include "commands/commands.h"
#include "outbound/http_client.h"
#include <stdio.h>

/* Asks the program of this machine whether it is ready: for containers and systemd. */
int command_healthcheck(const struct command_input *input) {
    (void)input;
    ARENA_AUTO(arena);
    struct config config;
    if (app_load_config(&arena, &config) != ERR_NONE || http_client_global_init() != ERR_NONE) {
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
