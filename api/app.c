#include "app.h"
#include "account/session.h"
#include "base/json.h"
#include "base/log.h"
#include "core/access_log.h"
#include "core/master_key.h"
#include "engine/pool.h"
#include "gateway/gateway_answer.h"
#include "http/http_metrics.h"
#include "http/ratelimit.h"
#include "http/static_files.h"
#include "outbound/outbound.h"
#include "product/product.h"
#include "program/client.h"
#include "security/password.h"
#include "security/security.h"
#include "token/token.h"
#include "worker/worker.h"
#include <malloc.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

enum { HEAPS_MAX = 4 };

static enum log_level log_level_of(const char *name) {
    if (strcmp(name, "debug") == 0) {
        return LOG_LEVEL_DEBUG;
    }
    if (strcmp(name, "warning") == 0) {
        return LOG_LEVEL_WARNING;
    }
    return strcmp(name, "error") == 0 ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO;
}

static void print_errors(const struct field_errors *errors) {
    for (const struct field_error *error = errors->first; error != NULL; error = error->next) {
        (void)fprintf(stderr, "%s\n", error->message);
    }
}

enum err app_load_config(struct arena *arena, struct config *config) {
    struct field_errors errors;
    field_errors_init(&errors, arena);
    const enum err loaded = config_load(arena, &errors, config);
    print_errors(&errors);
    log_set_level(log_level_of(config->log_level));
    return loaded;
}

static enum err load_master_key(struct app *app) {
    const char *reason = NULL;
    const enum err err =
        seal_keys_parse(&app->arena, app->config.master_key, &app->master_key, &reason);
    if (err != ERR_NONE) {
        (void)fprintf(stderr, "GUICHET_MASTER_KEY: %s\n", reason);
    }
    app->services.master_key = &app->master_key;
    return err;
}

static enum err load_products(struct app *app) {
    struct field_errors errors;
    field_errors_init(&errors, &app->arena);
    const enum err loaded =
        products_load(&app->arena, app->config.products_dir, &errors, &app->products);
    for (const struct field_error *error = errors.first; error != NULL; error = error->next) {
        (void)fprintf(stderr, "%s: %s\n", error->pointer, error->message);
    }
    app->services.products = &app->products;
    return loaded;
}

static enum err build_outbound(struct app *app) {
    struct field_errors errors;
    field_errors_init(&errors, &app->arena);
    const enum err built = outbound_new(&app->config, &errors, &app->outbound);
    print_errors(&errors);
    app->services.ports = app->outbound == NULL ? NULL : outbound_ports(app->outbound);
    return built;
}

static enum err build_gateway(struct app *app) {
    struct field_errors errors;
    field_errors_init(&errors, &app->arena);
    const enum err built = gateway_new(&app->services, &errors, &app->gateway);
    for (const struct field_error *error = errors.first; error != NULL; error = error->next) {
        (void)fprintf(stderr, "%s: %s\n", error->pointer, error->message);
    }
    app->gateway_port = gateway_get_port(app->gateway);
    app->services.gateway = &app->gateway_port;
    return built;
}

static enum err read_proxies(struct app *app) {
    if (ip_blocks_parse(&app->arena, app->config.trusted_proxies, &app->http.proxies,
                        &app->http.proxies_count) != ERR_NONE) {
        (void)fprintf(stderr, "GUICHET_TRUSTED_PROXIES: addresses or CIDRs are expected, separated "
                              "by commas\n");
        return ERR_INVALID;
    }
    for (size_t i = 0; i < app->http.proxies_count; i++) {
        if (ip_block_is_too_wide(&app->http.proxies[i])) {
            (void)fprintf(stderr,
                          "GUICHET_TRUSTED_PROXIES: %s/… holds more than proxies: callers "
                          "there could choose their address\n",
                          ip_text(&app->arena, &app->http.proxies[i].network));
            return ERR_INVALID;
        }
    }
    return ERR_NONE;
}

/* One after the other whatever comes out, so that every mistake is told; the first one counts. */
static enum err read_settings(struct app *app) {
    typedef enum err step(struct app *);
    static step *const STEPS[] = {load_master_key, load_products, build_outbound, read_proxies};
    enum err first = app_load_config(&app->arena, &app->config);
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        const enum err outcome = STEPS[i](app);
        first = first == ERR_NONE ? outcome : first;
    }
    return first;
}

static void build_http(struct app *app) {
    app->http.services = &app->services;
    app->http.find_session = session_find;
    app->http.find_client = client_find_by_token;
    app->http.render_error = gateway_answer_render;
    app->http.static_files = static_files_load(app->config.www_dir);
    app->http.ratelimit = app->config.rate_limits ? ratelimit_new() : NULL;
    http_metrics_register(&app->http);
}

static struct pool *open_pool(const struct app *app, const char *url, int64_t connections) {
    return pool_new(&(struct pool_options){
        .url = url,
        .connections = (size_t)connections,
        .prepared = app->config.database_prepared,
        .staff_second_factor = app->config.staff_second_factor,
    });
}

/* Told at the start where PostgreSQL answers; a connection that is made later is refused all the same. */
static enum err check_logins(const struct app *app) {
    const struct {
        const char *setting;
        const struct pool *pool;
    } LOGINS[] = {{"GUICHET_DATABASE_URL", app->services.pool},
                  {"GUICHET_DATABASE_READ_URL", app->services.read_pool}};
    enum err err = ERR_NONE;
    const size_t count = app->services.read_pool == app->services.heavy_pool ? 1 : 2;
    for (size_t i = 0; i < count; i++) {
        if (!pool_accepts_login(LOGINS[i].pool)) {
            (void)fprintf(stderr,
                          "%s: its log-in is a superuser, owns the tables or does not act as "
                          "guichet_app, so row-level security would not bind it: log in as "
                          "guichet_app\n",
                          LOGINS[i].setting);
            err = ERR_INVALID;
        }
    }
    return err;
}

enum err app_init(struct app *app) {
    *app = (struct app){0};
    arena_init(&app->arena);
    json_init();
    TRY(security_init());
    TRY(read_settings(app));
    password_set_memory(app->config.password_memory_mb);
    app->services.tokens = token_service_new(&app->config, &app->master_key);
    app->services.config = &app->config;
    app->services.pool = open_pool(app, app->config.database_url, app->config.database_connections);
    app->services.heavy_pool =
        open_pool(app, app->config.database_url, app->config.database_heavy_connections);
    app->services.mail_render = worker_render_mail;
    /* Statistics may read from a replica; without one they are heavy reads as the others. */
    app->services.read_pool =
        strcmp(app->config.database_read_url, app->config.database_url) == 0
            ? app->services.heavy_pool
            : open_pool(app, app->config.database_read_url, app->config.database_heavy_connections);
    TRY(check_logins(app));
    TRY(build_gateway(app));
    build_http(app);
    return ERR_NONE;
}

enum err app_admit(const struct app *app) {
    ARENA_AUTO(arena);
    const char *reason = NULL;
    const enum err err = master_key_admit(&app->services, &arena, &reason);
    if (reason != NULL) {
        (void)fprintf(stderr, "%s\n", reason);
        return ERR_INVALID;
    }
    return err == ERR_UNAVAILABLE ? ERR_NONE : err;
}

enum err app_start(struct app *app) {
    /* A thread serves one connection: with a heap for each few of them (16 on two cores by default)
     * memory stays at what the largest moment needed in every one; four take half of it. */
    (void)mallopt(M_ARENA_MAX, HEAPS_MAX);
    /* A thread that is woken waits for its turn instead of pushing aside the one that runs: a call has
     * two such moments, and each lasts microseconds. Where that is refused it goes on as it was. */
    (void)sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){0});
    app->services.access_log = access_log_new(app->services.pool, app->services.master_key);
    TRY(app->services.access_log == NULL ? err_internal("no memory") : ERR_NONE);
    return gateway_start(app->gateway);
}

void app_clear(struct app *app) {
    access_log_free(app->services.access_log);
    gateway_free(app->gateway);
    if (app->services.read_pool != app->services.heavy_pool) {
        pool_free(app->services.read_pool);
    }
    pool_free(app->services.heavy_pool);
    if (app->services.pool != NULL) {
        pool_free(app->services.pool);
    }
    outbound_free(app->outbound);
    token_service_free(app->services.tokens);
    static_files_free(app->http.static_files);
    ratelimit_free(app->http.ratelimit);
    arena_clear(&app->arena);
}
