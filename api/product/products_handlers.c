#include "base/clock.h"
#include "core/gateway_port.h"
#include "http/slice.h"
#include "product/product.h"
#include "product/routes.h"
#include <string.h>

static const struct product *find_product(const struct exchange *exchange) {
    return products_find(exchange->services->products, request_path_parameter(exchange, "product"));
}

enum err handle_list_products(struct exchange *exchange) {
    const struct products *products = exchange->services->products;
    struct slice slice;
    if (!slice_start(exchange, &slice)) {
        return ERR_INVALID;
    }
    for (size_t i = 0; i < products->count; i++) {
        struct value *item = value_object(exchange->arena);
        value_set_text(exchange->arena, item, "id", products->items[i].id);
        value_set_text(exchange->arena, item, "name", products->items[i].name);
        value_set_text(exchange->arena, item, "description", products->items[i].description);
        value_set(item, "four_eyes", value_boolean(exchange->arena, products->items[i].four_eyes));
        slice_add(&slice, item);
    }
    return slice_answer(exchange, &slice);
}

enum err handle_get_product(struct exchange *exchange) {
    const struct product *product = find_product(exchange);
    if (product == NULL) {
        return ERR_NOT_FOUND;
    }
    response_etag(exchange, product->version);
    return response_value(exchange, 200, product->document);
}

static bool is_wanted(const struct exchange *exchange, const struct value *endpoint) {
    const char *provider = request_query(exchange, "provider");
    const char *scope = request_query(exchange, "scope");
    const char *own = value_get_text(endpoint, "provider");
    const struct value *scopes = value_get(endpoint, "scopes_any_of");
    return (provider == NULL || (own != NULL && strcmp(provider, own) == 0)) &&
           (scope == NULL || value_count(scopes) == 0 || value_has_text(scopes, scope));
}

enum err handle_list_endpoints(struct exchange *exchange) {
    const struct product *product = find_product(exchange);
    struct slice slice;
    if (product == NULL) {
        return ERR_NOT_FOUND;
    }
    if (!slice_start(exchange, &slice)) {
        return ERR_INVALID;
    }
    const struct value *endpoints = value_get(product->endpoints, "endpoints");
    for (size_t i = 0; i < value_count(endpoints); i++) {
        if (is_wanted(exchange, value_item(endpoints, i))) {
            slice_add(&slice, value_copy(exchange->arena, value_item(endpoints, i)));
        }
    }
    return slice_answer(exchange, &slice);
}

static struct value *time_value(struct arena *arena, int64_t at_ms) {
    return at_ms < 0 ? value_null(arena) : value_text(arena, clock_format_rfc3339(arena, at_ms));
}

static struct value *render_provider(const struct exchange *exchange, const struct product *product,
                                     const struct value *provider) {
    struct arena *arena = exchange->arena;
    const struct gateway_port *port = exchange->services->gateway;
    const char *id = value_get_text(provider, "id");
    struct gateway_provider now = {.state = "unknown", .checked_at_ms = -1, .retry_at_ms = -1};
    struct value *item = value_object(arena);
    if (port != NULL) {
        (void)port->provider(port->gateway, product->id, id, &now);
    }
    value_set_text(arena, item, "id", id);
    value_set_text(arena, item, "name", value_get_text(provider, "name"));
    value_set_text(arena, item, "code", value_get_text(provider, "code"));
    value_set(item, "sandbox", value_boolean(arena, now.is_sandbox));
    value_set_text(arena, item, "state", now.state);
    value_set(item, "checked_at", time_value(arena, now.checked_at_ms));
    value_set(item, "retry_at", time_value(arena, now.retry_at_ms));
    return item;
}

enum err handle_list_providers(struct exchange *exchange) {
    const struct product *product = find_product(exchange);
    struct slice slice;
    if (product == NULL) {
        return ERR_NOT_FOUND;
    }
    if (!slice_start(exchange, &slice)) {
        return ERR_INVALID;
    }
    const struct value *providers = value_get(product->endpoints, "providers");
    for (size_t i = 0; i < value_count(providers); i++) {
        slice_add(&slice, render_provider(exchange, product, value_item(providers, i)));
    }
    return slice_answer(exchange, &slice);
}
