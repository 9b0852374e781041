#include "base/metrics.h"
#include "gateway/provider/provider.h"
#include "gateway/record/call_metrics.h"
#include "test.h"
#include <string.h>

enum { PROVIDERS = 600 };

static size_t count_lines(const char *text, const char *part) {
    size_t count = 0;
    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part)) {
        count++;
    }
    return count;
}

static const char *shown(struct arena *arena, const struct call_metrics *metrics) {
    struct buf out;
    buf_init(&out, arena, SIZE_MAX / 2);
    call_metrics_write(metrics, &out);
    return buf_text(&out);
}

/* A product whose endpoints have a provider each, all in one group. */
static struct catalogue_product make_product(struct arena *arena, const char *id, size_t count) {
    struct provider *providers = ARENA_ARRAY(arena, struct provider, count);
    struct endpoint *endpoints = ARENA_ARRAY(arena, struct endpoint, count);
    struct limit *limits = ARENA_ARRAY(arena, struct limit, 2);
    limits[0] = (struct limit){.key = "group:g", .group = "g", .per_minute = 1};
    limits[1] = (struct limit){.key = "other", .group = "other", .per_minute = 1};
    for (size_t i = 0; i < count; i++) {
        providers[i].id = arena_printf(arena, "provider%zu", i);
        endpoints[i].provider = &providers[i];
        endpoints[i].limit = &limits[0];
    }
    return (struct catalogue_product){.id = id,
                                      .endpoints = endpoints,
                                      .endpoints_count = count,
                                      .other_limit = &limits[1],
                                      .providers = providers,
                                      .providers_count = count};
}

static void counts_by_product_provider_group_and_class(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const struct catalogue_product products[] = {make_product(&arena, "one", 2),
                                                 make_product(&arena, "two", 1)};
    const struct catalogue catalogue = {.products = products, .count = 2};
    struct call_metrics *metrics = call_metrics_new(&catalogue);
    call_metrics_count(metrics, &products[0], &products[0].endpoints[1], 200);
    call_metrics_count(metrics, &products[0], &products[0].endpoints[1], 204);
    call_metrics_count(metrics, &products[0], &products[0].endpoints[1], 503);
    call_metrics_count(metrics, &products[1], NULL, 404);
    call_metrics_count(metrics, NULL, NULL, 401);
    const char *text = shown(&arena, metrics);
    static const char *const LINES[] = {
        "guichet_gateway_answers_total{product=\"one\",provider=\"provider1\",group=\"g\",class="
        "\"2xx\"} 2\n",
        "guichet_gateway_answers_total{product=\"one\",provider=\"provider1\",group=\"g\",class="
        "\"5xx\"} 1\n",
        "guichet_gateway_answers_total{product=\"two\",provider=\"\",group=\"other\",class="
        "\"4xx\"} 1\n",
        "guichet_gateway_answers_total{product=\"\",provider=\"\",group=\"\",class=\"4xx\"} 1\n",
    };
    for (size_t i = 0; i < sizeof LINES / sizeof LINES[0]; i++) {
        assert_non_null(strstr(text, LINES[i]));
    }
    assert_int_equal(count_lines(text, "guichet_gateway_answers_total{"), 4);
    call_metrics_free(metrics);
}

static void bounds_the_combinations_of_labels(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const struct catalogue_product products[] = {make_product(&arena, "one", PROVIDERS)};
    const struct catalogue catalogue = {.products = products, .count = 1};
    struct call_metrics *metrics = call_metrics_new(&catalogue);
    for (size_t i = 0; i < PROVIDERS; i++) {
        call_metrics_count(metrics, &products[0], &products[0].endpoints[i], 200);
    }
    call_metrics_count(metrics, &products[0], NULL, 200);
    const char *text = shown(&arena, metrics);
    assert_int_equal(count_lines(text, "guichet_gateway_answers_total{"), CALL_METRICS_SERIES_MAX);
    /* The first is without labels, the second of calls without an endpoint: 510 providers have their own. */
    assert_non_null(strstr(text, "provider=\"provider509\""));
    assert_null(strstr(text, "provider=\"provider510\""));
    assert_non_null(strstr(text, "{product=\"\",provider=\"\",group=\"\",class=\"2xx\"} 90\n"));
    call_metrics_free(metrics);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_by_product_provider_group_and_class),
        cmocka_unit_test(bounds_the_combinations_of_labels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
