#include "gateway/record/call_metrics.h"
#include "base/metrics.h"
#include "gateway/provider/provider.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { CLASSES = 6 };

struct series {
    const char *product;
    const char *provider;
    const char *group;
    atomic_uint_fast64_t classes[CLASSES]; /* 1xx to 5xx at 1 to 5 */
};

struct call_metrics {
    const struct catalogue *catalogue;
    struct arena arena;
    size_t **of_endpoints; /* by product, then endpoint: which series */
    size_t *of_products;   /* of its calls without an endpoint */
    size_t count;
    struct series series[CALL_METRICS_SERIES_MAX]; /* the first: without labels */
};

/* The series of these labels, made where there is none and room for it; else the first. */
static size_t find_series(struct call_metrics *metrics, const char *product, const char *provider,
                          const char *group) {
    for (size_t i = 0; i < metrics->count; i++) {
        const struct series *series = &metrics->series[i];
        if (strcmp(series->product, product) == 0 && strcmp(series->provider, provider) == 0 &&
            strcmp(series->group, group) == 0) {
            return i;
        }
    }
    if (metrics->count == CALL_METRICS_SERIES_MAX) {
        return 0;
    }
    struct series *made = &metrics->series[metrics->count];
    made->product = product;
    made->provider = provider;
    made->group = group;
    return metrics->count++;
}

static void add_product(struct call_metrics *metrics, size_t at) {
    const struct catalogue_product *product = &metrics->catalogue->products[at];
    size_t *of_endpoints = ARENA_ARRAY(&metrics->arena, size_t, product->endpoints_count + 1);
    metrics->of_products[at] = find_series(metrics, product->id, "", product->other_limit->group);
    for (size_t i = 0; i < product->endpoints_count; i++) {
        const struct endpoint *endpoint = &product->endpoints[i];
        of_endpoints[i] =
            find_series(metrics, product->id, endpoint->provider->id, endpoint->limit->group);
    }
    metrics->of_endpoints[at] = of_endpoints;
}

struct call_metrics *call_metrics_new(const struct catalogue *catalogue) {
    struct call_metrics *metrics = calloc(1, sizeof *metrics);
    if (metrics == NULL) {
        abort(); /* at start only */
    }
    arena_init(&metrics->arena);
    metrics->catalogue = catalogue;
    metrics->of_products = ARENA_ARRAY(&metrics->arena, size_t, catalogue->count + 1);
    metrics->of_endpoints = ARENA_ARRAY(&metrics->arena, size_t *, catalogue->count + 1);
    (void)find_series(metrics, "", "", "");
    for (size_t i = 0; i < catalogue->count; i++) {
        add_product(metrics, i);
    }
    return metrics;
}

void call_metrics_free(struct call_metrics *metrics) {
    if (metrics != NULL) {
        arena_clear(&metrics->arena);
        free(metrics);
    }
}

void call_metrics_count(struct call_metrics *metrics, const struct catalogue_product *product,
                        const struct endpoint *endpoint, int status) {
    size_t at = 0;
    if (product != NULL) {
        const size_t index = (size_t)(product - metrics->catalogue->products);
        at = endpoint == NULL ? metrics->of_products[index]
                              : metrics->of_endpoints[index][endpoint - product->endpoints];
    }
    const int class = status / 100 >= 1 && status / 100 < CLASSES ? status / 100 : 0;
    atomic_fetch_add_explicit(&metrics->series[at].classes[class], 1, memory_order_relaxed);
}

static void write_series(const struct series *series, struct buf *out) {
    ARENA_AUTO(arena);
    struct buf labels;
    buf_init(&labels, &arena, SIZE_MAX / 2);
    metrics_label(&labels, "product", series->product);
    metrics_label(&labels, "provider", series->provider);
    metrics_label(&labels, "group", series->group);
    for (int class = 1; class < CLASSES; class ++) {
        const uint64_t count = atomic_load_explicit(&series->classes[class], memory_order_relaxed);
        if (count > 0) {
            metrics_sample(out, "guichet_gateway_answers_total",
                           arena_printf(&arena, "%s,class=\"%dxx\"", buf_text(&labels), class),
                           (double)count);
        }
    }
}

void call_metrics_write(const struct call_metrics *metrics, struct buf *out) {
    metrics_describe(
        out, "guichet_gateway_answers_total", "counter",
        "Calls answered, by product, provider, group of endpoints and class of status.");
    for (size_t i = 0; i < metrics->count; i++) {
        write_series(&metrics->series[i], out);
    }
}
