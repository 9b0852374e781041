#include "base/clock.h"
#include "gateway/answer.h"
#include "gateway/gateway_parts.h"
#include "gateway/provider/provider.h"
#include "sql/usage.h"
#include "token/token.h"
#include <stdlib.h>
#include <string.h>

void gateway_run_call(struct gateway *gateway, struct arena *arena,
                      const struct gateway_request *request, struct gateway_response *response) {
    *response = (struct gateway_response){0};
    call_run(&(struct call){
        .gateway = gateway, .arena = arena, .request = request, .response = response});
}

void gateway_refuse(struct arena *arena, enum gateway_error_id error,
                    struct gateway_response *response) {
    *response = (struct gateway_response){0};
    answer_refuse(arena, error, response);
}

static struct value *limit_value(struct arena *arena, const struct limit *limit, int64_t used,
                                 const char *reset_at) {
    struct value *item = value_object(arena);
    value_set_text(arena, item, "group", limit->group);
    value_set(item, "endpoint", value_text(arena, limit->endpoint));
    value_set(item, "limit", value_integer(arena, limit->per_minute));
    value_set(item, "used", value_integer(arena, used));
    value_set(item, "remaining", value_integer(arena, limit->per_minute - used));
    value_set(item, "reset_at", value_text(arena, reset_at));
    return item;
}

static enum err list_limits(struct gateway *gateway, struct arena *arena, const char *token_id,
                            const char *product_id, struct value **out) {
    const struct catalogue_product *product = catalogue_find(&gateway->catalogue, product_id);
    struct rate_window_use *windows = NULL;
    size_t count = 0;
    struct tx once = tx_once(gateway->services->pool, arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_rate_window_list(&once, &windows, &count, .token = token_id));
    struct value *items = value_array(arena);
    for (size_t i = 0; product != NULL && i < product->limits_count; i++) {
        const struct limit *limit = product->limits[i];
        int64_t used = 0;
        const char *reset_at = NULL;
        for (size_t j = 0; j < count; j++) {
            if (strcmp(windows[j].limit_key, limit->key) == 0) {
                used = windows[j].used - limiter_get_held(gateway->limiter, token_id, limit);
                reset_at = windows[j].reset_at;
            }
        }
        used = used < 0 ? 0 : used > limit->per_minute ? limit->per_minute : used;
        value_push(items, limit_value(arena, limit, used, reset_at));
    }
    *out = value_object(arena);
    value_set(*out, "items", items);
    return ERR_NONE;
}

static enum err list_opened(struct gateway *gateway, struct arena *arena, const char *token_id,
                            const char *product_id, struct value **paths) {
    const struct catalogue_product *product = catalogue_find(&gateway->catalogue, product_id);
    struct token_snapshot *row = NULL;
    if (product == NULL) {
        return ERR_NOT_FOUND;
    }
    TRY(token_cache_get(gateway->tokens, token_id, &row));
    *paths = catalogue_list_opened(product, arena, &row->scopes);
    token_snapshot_release(row);
    return ERR_NONE;
}

static bool get_provider(struct gateway *gateway, const char *product_id, const char *id,
                         struct gateway_provider *out) {
    const struct catalogue_product *product = catalogue_find(&gateway->catalogue, product_id);
    for (size_t i = 0; product != NULL && i < product->providers_count; i++) {
        if (strcmp(product->providers[i].id, id) == 0) {
            provider_get_state(&product->providers[i], clock_now_ms(), out);
            return true;
        }
    }
    return false;
}

struct gateway_port gateway_get_port(struct gateway *gateway) {
    return (struct gateway_port){
        .gateway = gateway, .limits = list_limits, .opened = list_opened, .provider = get_provider};
}

enum err gateway_new(const struct services *services, struct field_errors *errors,
                     struct gateway **out) {
    struct gateway *gateway = calloc(1, sizeof *gateway);
    if (gateway == NULL) {
        return ERR_UNAVAILABLE;
    }
    *out = gateway;
    arena_init(&gateway->arena);
    gateway->services = services;
    TRY(catalogue_init(&gateway->catalogue, &gateway->arena, services->products, services->config,
                       errors));
    const struct limiter_source source = limiter_source_of_pool(services->pool);
    gateway->bad_token_limiter = services->config->rate_limits ? bad_token_limiter_new() : NULL;
    gateway->verifier = verifier_new(token_service_keyring(services->tokens),
                                     token_service_issuers(services->tokens));
    gateway->tokens = token_cache_new(services->pool, &gateway->catalogue.scopes);
    gateway->limiter = limiter_new(&source);
    gateway->call_metrics = call_metrics_new(&gateway->catalogue);
    gateway->answers = answer_cache_new((size_t)services->config->answer_cache_mb << 20);
    return ERR_NONE;
}

enum err gateway_start(struct gateway *gateway) {
    const struct services *services = gateway->services;
    gateway->log = call_log_new(services->pool, services->config->call_details_days);
    gateway->change_listener = change_listener_new(services, gateway->tokens);
    gateway_metrics_register(gateway);
    return gateway->log == NULL || gateway->change_listener == NULL ? ERR_UNAVAILABLE : ERR_NONE;
}

void gateway_free(struct gateway *gateway) {
    if (gateway == NULL) {
        return;
    }
    change_listener_free(gateway->change_listener);
    call_log_free(gateway->log);
    call_metrics_free(gateway->call_metrics);
    answer_cache_free(gateway->answers);
    limiter_free(gateway->limiter);
    token_cache_free(gateway->tokens);
    verifier_free(gateway->verifier);
    bad_token_limiter_free(gateway->bad_token_limiter);
    catalogue_clear(&gateway->catalogue);
    arena_clear(&gateway->arena);
    free(gateway);
}
