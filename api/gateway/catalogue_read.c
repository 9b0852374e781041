#include "gateway/catalogue_read.h"
#include "base/buf.h"
#include "base/text.h"
#include "gateway/provider/provider.h"
#include "gateway/provider/provider_settings.h"
#include "gateway/provider/sandbox.h"
#include <string.h>

enum { OTHER_PER_MINUTE = 100 };

struct reader {
    struct arena *arena;
    struct field_errors *errors;
    const struct config *config;
    struct catalogue *catalogue;
    const struct product *product;
    const struct value *settings; /* of provider_settings_read; NULL without */
    struct catalogue_product *out;
    const struct limit **limits;
    size_t limits_made; /* over all products */
};

static const char *pointer_to(const struct reader *reader, const char *list, size_t index) {
    return arena_printf(reader->arena, "%s/endpoints.json#/%s/%zu", reader->product->id, list,
                        index);
}

static void mistake(const struct reader *reader, const char *pointer, const char *message) {
    field_errors_add(reader->errors, pointer, "invalid_format", "%s", message);
}

static void read_providers(const struct reader *reader) {
    const struct value *array = value_get(reader->product->endpoints, "providers");
    const struct value *settings = value_get(reader->settings, reader->product->id);
    struct provider *providers = ARENA_ARRAY(reader->arena, struct provider, value_count(array));
    for (size_t i = 0; i < value_count(array); i++) {
        const char *id = value_get_text(value_item(array, i), "id");
        provider_read(reader->arena, reader->config, value_item(array, i),
                      id == NULL ? NULL : value_get(settings, id), reader->errors,
                      pointer_to(reader, "providers", i), &providers[i]);
    }
    reader->out->providers = providers;
    reader->out->providers_count = value_count(array);
}

static const struct provider *find_provider(const struct reader *reader, const char *id) {
    for (size_t i = 0; id != NULL && i < reader->out->providers_count; i++) {
        if (strcmp(reader->out->providers[i].id, id) == 0) {
            return &reader->out->providers[i];
        }
    }
    return NULL;
}

static const struct limit *add_limit(struct reader *reader, const char *key, const char *group,
                                     const char *endpoint, int64_t per_minute) {
    struct catalogue_product *out = reader->out;
    for (size_t i = 0; i < out->limits_count; i++) {
        if (strcmp(reader->limits[i]->key, key) == 0) {
            return reader->limits[i];
        }
    }
    struct limit *limit = ARENA_NEW(reader->arena, struct limit);
    *limit = (struct limit){.key = key,
                            .group = group,
                            .endpoint = endpoint,
                            .per_minute = per_minute,
                            .index = reader->limits_made++};
    reader->limits[out->limits_count++] = limit;
    return limit;
}

static const struct limit *read_limit(struct reader *reader, const struct value *document,
                                      const char *id, const char *path) {
    const char *group = value_get_text(document, "limit_group");
    const int64_t per_minute = value_get_integer(document, "limit_per_minute", 0);
    if (group == NULL || per_minute < 1) {
        return NULL;
    }
    return value_get_boolean(document, "limit_shared_by_group", false)
               ? add_limit(reader, arena_printf(reader->arena, "group:%s", group), group, NULL,
                           per_minute)
               : add_limit(reader, arena_printf(reader->arena, "endpoint:%s", id), group, path,
                           per_minute);
}

/* A mistake: a scope that cannot be numbered any more would open nothing. */
static void number_scope(const struct reader *reader, struct scope_set *set, const char *name) {
    if (!scope_names_add(&reader->catalogue->scopes, set, name)) {
        mistake(reader, "/scopes",
                arena_printf(reader->arena, "the products have more than %d scopes together: %s",
                             SCOPE_NAMES_MAX, name));
    }
}

static void add_scope(const struct reader *reader, struct endpoint *endpoint, struct value *list,
                      const char *name) {
    number_scope(reader, &endpoint->scopes, name);
    value_push(list, value_text(reader->arena, name));
}

/* "open_data" stands for every scope of the product that is open data. */
static void read_scopes(const struct reader *reader, const struct value *array,
                        struct endpoint *endpoint) {
    struct value *list = value_array(reader->arena);
    for (size_t i = 0; i < value_count(array); i++) {
        const struct value *item = value_item(array, i);
        if (!value_is(item, VALUE_STRING)) {
            continue;
        }
        add_scope(reader, endpoint, list, value_text_of(item));
        for (size_t j = 0; j < reader->product->scopes_count; j++) {
            if (strcmp(value_text_of(item), "open_data") == 0 &&
                reader->product->scopes[j].is_open_data) {
                add_scope(reader, endpoint, list, reader->product->scopes[j].id);
            }
        }
    }
    endpoint->is_free = value_count(array) == 0;
    endpoint->scopes_list = list;
}

static const struct parameter *read_parameters(const struct reader *reader,
                                               const struct value *array, const char *pointer,
                                               size_t *count) {
    struct parameter *parameters = ARENA_ARRAY(reader->arena, struct parameter, value_count(array));
    *count = value_count(array);
    for (size_t i = 0; i < *count; i++) {
        parameter_read(reader->arena, value_item(array, i), reader->errors, pointer,
                       &parameters[i]);
    }
    return parameters;
}

static void read_endpoint(struct reader *reader, const struct value *document, size_t index,
                          struct endpoint *endpoint) {
    const char *pointer = pointer_to(reader, "endpoints", index);
    const char *id = value_get_text(document, "id");
    const char *path = value_get_text(document, "path");
    *endpoint = (struct endpoint){.id = id == NULL ? "" : id, .path = path == NULL ? "" : path};
    endpoint->provider = find_provider(reader, value_get_text(document, "provider"));
    endpoint->limit = read_limit(reader, document, endpoint->id, endpoint->path);
    read_scopes(reader, value_get(document, "scopes_any_of"), endpoint);
    endpoint->path_parameters = read_parameters(reader, value_get(document, "path_parameters"),
                                                pointer, &endpoint->path_parameters_count);
    endpoint->query_parameters = read_parameters(reader, value_get(document, "query_parameters"),
                                                 pointer, &endpoint->query_parameters_count);
    if (id == NULL || path == NULL || endpoint->provider == NULL || endpoint->limit == NULL ||
        endpoint->path_parameters_count + endpoint->query_parameters_count > CALL_PARAMS_MAX) {
        mistake(reader, pointer,
                "an endpoint needs an id, a path, a known provider, a limit and few parameters");
    } else if (!endpoint->provider->is_remote) {
        endpoint->sandbox = sandbox_load(reader->arena, reader->config, reader->product->id,
                                         endpoint, reader->errors);
    }
}

static void read_product(struct reader *reader) {
    const struct value *array = value_get(reader->product->endpoints, "endpoints");
    const size_t count = value_count(array);
    struct endpoint *endpoints = ARENA_ARRAY(reader->arena, struct endpoint, count);
    reader->limits = ARENA_ARRAY(reader->arena, const struct limit *, count + 1);
    struct scope_set granted = {0}; /* what a token may have: numbered now, or found missing */
    reader->out->id = reader->product->id;
    read_providers(reader);
    for (size_t i = 0; i < reader->product->scopes_count; i++) {
        number_scope(reader, &granted, reader->product->scopes[i].id);
    }
    for (size_t i = 0; i < count; i++) {
        read_endpoint(reader, value_item(array, i), i, &endpoints[i]);
    }
    reader->out->other_limit = add_limit(reader, "other", "other", NULL, OTHER_PER_MINUTE);
    reader->out->limits = reader->limits;
    reader->out->endpoints = endpoints;
    reader->out->endpoints_count = count;
    reader->out->root = catalogue_tree(reader->arena, endpoints, count);
}

static bool is_used(const struct reader *reader, const struct provider *provider) {
    for (size_t i = 0; i < reader->out->endpoints_count; i++) {
        if (reader->out->endpoints[i].provider == provider) {
            return true;
        }
    }
    return false;
}

/* Real tokens must not get invented data unless the operator says that they may. */
static void refuse_sandbox(const struct reader *reader) {
    struct buf names;
    if (reader->config->sandbox || !text_starts_with(reader->config->public_url, "https://")) {
        return;
    }
    buf_init(&names, reader->arena, SIZE_MAX / 2);
    for (size_t i = 0; i < reader->out->providers_count; i++) {
        const struct provider *provider = &reader->out->providers[i];
        if (!provider->is_remote && is_used(reader, provider)) {
            buf_printf(&names, "%s%s", names.length == 0 ? "" : ", ", provider->id);
        }
    }
    if (names.length > 0) {
        field_errors_add(
            reader->errors, "GUICHET_SANDBOX", "not_allowed",
            "these providers of %s would answer real tokens with invented data: %s. Give "
            "them a base_url in the file of GUICHET_PROVIDERS_FILE, or say that this is "
            "meant: GUICHET_SANDBOX=on",
            reader->product->id, buf_text(&names));
    }
}

void catalogue_read(struct catalogue *catalogue, struct arena *arena,
                    const struct products *products, const struct config *config,
                    struct field_errors *errors) {
    struct catalogue_product *out = ARENA_ARRAY(arena, struct catalogue_product, products->count);
    struct reader reader = {
        .arena = arena, .errors = errors, .config = config, .catalogue = catalogue};
    reader.settings = provider_settings_read(arena, config, products, errors);
    if (errors->count > 0) {
        return; /* a provider that was not understood must not be taken for one of the sandbox */
    }
    for (size_t i = 0; i < products->count; i++) {
        reader.product = &products->items[i];
        reader.out = &out[i];
        read_product(&reader);
        refuse_sandbox(&reader);
    }
    catalogue->products = out;
    catalogue->count = products->count;
}
