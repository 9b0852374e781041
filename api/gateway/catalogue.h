#ifndef GUICHET_GATEWAY_CATALOGUE_H
#define GUICHET_GATEWAY_CATALOGUE_H
/* What can be called: endpoints.json of every product, read once at start. Immutable afterwards, so
 * thread-safe. */
#include "base/config.h"
#include "gateway/record/call_params.h"
#include "gateway/token/scope_names.h"
#include "product/product.h"

struct provider;
struct sandbox_endpoint;

/* One rate limit: of a group of endpoints, of one endpoint, or of calls that belong to none. */
struct limit {
    const char *key;   /* in table rate_window */
    const char *group; /* as shown: id of the group; "other" for unknown endpoints and privileges */
    const char *endpoint; /* template, where the group does not share its limit; else NULL */
    int64_t per_minute;
    size_t index; /* unique over all products */
};

struct endpoint {
    const char *id;
    const char *path; /* template, with its first slash */
    const struct provider *provider;
    const struct limit *limit;
    bool is_free; /* any valid token opens it */
    struct scope_set scopes;
    const struct value *scopes_list; /* the same as JSON */
    const struct parameter *path_parameters;
    size_t path_parameters_count;
    const struct parameter *query_parameters;
    size_t query_parameters_count;
    const struct sandbox_endpoint *sandbox; /* NULL where the provider is remote */
};

struct catalogue_node;

struct catalogue_product {
    const char *id;
    const struct endpoint *endpoints;
    size_t endpoints_count;
    const struct limit *const *limits;
    size_t limits_count;
    const struct limit *other_limit;
    struct provider *providers;
    size_t providers_count;
    const struct catalogue_node *root;
};

struct catalogue {
    const struct catalogue_product *products;
    size_t count;
    struct scope_names scopes;
};

/* ERR_INVALID with every mistake in `errors`. Lives in `arena`, except the scope names, which
 * catalogue_clear frees; call it after a failure too. */
MUST_CHECK enum err catalogue_init(struct catalogue *catalogue, struct arena *arena,
                                   const struct products *products, const struct config *config,
                                   struct field_errors *errors);
void catalogue_clear(struct catalogue *catalogue);

/* NULL where there is none. */
const struct catalogue_product *catalogue_find(const struct catalogue *catalogue, const char *id);
/* Paths of the endpoints that these scopes open, as an array of texts. */
struct value *catalogue_list_opened(const struct catalogue_product *product, struct arena *arena,
                                    const struct scope_set *scopes);
/* The endpoint of a path ("v4/insee/…", decoded) and the raw values of its path parameters, in their
 * order; NULL where there is none. */
const struct endpoint *catalogue_match(const struct catalogue_product *product, struct arena *arena,
                                       const char *path, const char *values[CALL_PARAMS_MAX]);

#endif
