#include "app.h"
#include "base/json.h"
#include "base/log.h"
#include "store/pool.h"
#include <stdio.h>
#include <string.h>

static enum log_level log_level_of(const char *name) {
    if (strcmp(name, "debug") == 0) {
        return LOG_LEVEL_DEBUG;
    }
    if (strcmp(name, "warning") == 0) {
        return LOG_LEVEL_WARNING;
    }
    return strcmp(name, "error") == 0 ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO;
}

static enum err load_config(struct app *app) {
    struct field_errors errors;
    field_errors_init(&errors, &app->arena);
    const enum err loaded = config_load(&app->arena, &errors, &app->config);
    for (const struct field_error *error = errors.first; error != NULL; error = error->next) {
        (void)fprintf(stderr, "%s\n", error->message);
    }
    log_set_level(log_level_of(app->config.log_level));
    return loaded;
}

enum err app_init(struct app *app) {
    *app = (struct app){0};
    arena_init(&app->arena);
    json_init();
    TRY(load_config(app));
    app->services.config = &app->config;
    app->services.pool = pool_new(&(struct pool_options){
        .url = app->config.database_url,
        .connections = (size_t)app->config.database_connections,
        .prepared = app->config.database_prepared,
    });
    app->services.read_pool = app->services.pool;
    app->http.services = &app->services;
    return ERR_NONE;
}

void app_clear(struct app *app) {
    if (app->services.pool != NULL) {
        pool_free(app->services.pool);
    }
    arena_clear(&app->arena);
}
