#include "base/clock.h"
#include "domain/gateway_port.h"
#include "domain/product.h"
#include "domain/usage.h"
#include "http/handlers/handlers.h"
#include "http/http_state.h"
#include <string.h>

static const struct product *find_product(const struct exchange *exchange) {
    return products_find(exchange->services->products, request_path_parameter(exchange, "product"));
}

/* A page of a list that is in memory; the cursor is the place of its first item. */
struct slice {
    int64_t limit;
    int64_t first;
    int64_t seen;
    struct value *items;
};

static bool slice_start(struct exchange *exchange, struct slice *slice) {
    const char *cursor = request_query(exchange, "cursor");
    *slice = (struct slice){.items = value_array(exchange->arena)};
    bool sound = request_limit(exchange, &slice->limit);
    if (cursor != NULL && !text_parse_integer(cursor, 0, 1000000, &slice->first)) {
        exchange_error(exchange, "cursor", "invalid_format",
                       "Ce curseur n’est pas celui d’une page précédente.");
        sound = false;
    }
    return sound;
}

static void slice_add(struct exchange *exchange, struct slice *slice, struct value *item) {
    if (slice->seen >= slice->first && slice->seen < slice->first + slice->limit) {
        value_push(exchange->arena, slice->items, item);
    }
    slice->seen++;
}

static enum err slice_answer(struct exchange *exchange, const struct slice *slice) {
    const int64_t next = slice->first + slice->limit;
    struct value *page = value_object(exchange->arena);
    value_set(exchange->arena, page, "items", slice->items);
    value_set(exchange->arena, page, "next_cursor",
              slice->seen > next ? value_text(exchange->arena, arena_printf(exchange->arena, "%lld",
                                                                            (long long)next))
                                 : value_null(exchange->arena));
    return response_value(exchange, 200, page);
}

enum err products_list(struct exchange *exchange) {
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
        slice_add(exchange, &slice, item);
    }
    return slice_answer(exchange, &slice);
}

enum err products_get(struct exchange *exchange) {
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

enum err products_list_endpoints(struct exchange *exchange) {
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
        if (is_wanted(exchange, endpoints->array.items[i])) {
            slice_add(exchange, &slice, value_copy(exchange->arena, endpoints->array.items[i]));
        }
    }
    return slice_answer(exchange, &slice);
}

enum err products_list_opened(struct exchange *exchange) {
    const char *id = NULL;
    const char *product_id = NULL;
    struct value *paths = NULL;
    struct slice slice;
    TRY(request_path_uuid(exchange, "id", &id));
    if (!slice_start(exchange, &slice)) {
        return ERR_INVALID;
    }
    TRY(usage_read_endpoints(&exchange->context, id, &product_id, &paths));
    const struct product *product = products_find(exchange->services->products, product_id);
    const struct value *endpoints =
        product == NULL ? NULL : value_get(product->endpoints, "endpoints");
    for (size_t i = 0; i < value_count(endpoints); i++) {
        const struct value *endpoint = endpoints->array.items[i];
        if (value_has_text(paths, value_get_text(endpoint, "path"))) {
            slice_add(exchange, &slice, value_copy(exchange->arena, endpoint));
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
    value_set(arena, item, "sandbox", value_boolean(arena, now.is_sandbox));
    value_set_text(arena, item, "state", now.state);
    value_set(arena, item, "checked_at", time_value(arena, now.checked_at_ms));
    value_set(arena, item, "retry_at", time_value(arena, now.retry_at_ms));
    return item;
}

enum err products_list_providers(struct exchange *exchange) {
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
        slice_add(exchange, &slice, render_provider(exchange, product, providers->array.items[i]));
    }
    return slice_answer(exchange, &slice);
}
