#include "http/http_metrics.h"
#include "base/metrics.h"
#include "base/process_metrics.h"
#include "engine/pool.h"
#include "http/readiness.h"
#include "http/upkeep_metrics.h"
#include <stdio.h>

enum { ROUTES_MAX = 512, CLASSES = 6 };

static struct {
    atomic_uint_fast64_t classes[CLASSES]; /* 1xx to 5xx at 1 to 5 */
    struct metrics_histogram durations;
} counts[ROUTES_MAX]; /* by row of the route table; the last: everything without a row */

static size_t index_of(const struct route *route) {
    const struct route *rows = route_table.rows;
    const bool in_table = route >= rows && route < rows + route_table.count;
    const size_t index = in_table ? (size_t)(route - rows) : ROUTES_MAX;
    return index < ROUTES_MAX - 1 ? index : ROUTES_MAX - 1;
}

void http_metrics_count(const struct route *route, int status, int64_t duration_us) {
    const size_t index = route == NULL ? ROUTES_MAX - 1 : index_of(route);
    const int class = status / 100 >= 1 && status / 100 < CLASSES ? status / 100 : 0;
    atomic_fetch_add_explicit(&counts[index].classes[class], 1, memory_order_relaxed);
    metrics_observe(&counts[index].durations, duration_us);
}

/* The labels of a row; NULL for rows that there are not. */
static const char *labels_of(struct arena *arena, size_t index) {
    struct buf labels;
    buf_init(&labels, arena, 1024);
    if (index < route_table.count) {
        metrics_label(&labels, "method", route_method_name(route_table.rows[index].method));
        metrics_label(&labels, "route", route_table.rows[index].path);
    } else if (index == ROUTES_MAX - 1) {
        metrics_label(&labels, "method", "");
        metrics_label(&labels, "route", "");
    } else {
        return NULL;
    }
    return buf_text(&labels);
}

static uint64_t count_of(size_t index, int class) {
    return atomic_load_explicit(&counts[index].classes[class], memory_order_relaxed);
}

static bool was_called(size_t index) {
    uint64_t sum = 0;
    for (int class = 0; class < CLASSES; class ++) {
        sum += count_of(index, class);
    }
    return sum > 0;
}

static void write_requests(struct buf *out, void *state) {
    (void)state;
    ARENA_AUTO(arena);
    metrics_describe(out, "guichet_http_requests_total", "counter",
                     "Requests answered, by route and class of status.");
    for (size_t i = 0; i < ROUTES_MAX; i++) {
        const char *labels = labels_of(&arena, i);
        for (int class = 1; labels != NULL && class < CLASSES; class ++) {
            if (count_of(i, class) > 0) {
                metrics_sample(out, "guichet_http_requests_total",
                               arena_printf(&arena, "%s,class=\"%dxx\"", labels, class),
                               (double)count_of(i, class));
            }
        }
    }
    metrics_describe(out, "guichet_http_request_duration_seconds", "histogram",
                     "Time from the whole request to the answer.");
    for (size_t i = 0; i < ROUTES_MAX; i++) {
        const char *labels = was_called(i) ? labels_of(&arena, i) : NULL;
        if (labels != NULL) {
            metrics_histogram_write(out, "guichet_http_request_duration_seconds", labels,
                                    &counts[i].durations);
        }
    }
}

static void write_connections(struct buf *out, void *state) {
    struct http_state *http = state;
    metrics_describe(out, "guichet_http_connections", "gauge", "Open connections.");
    metrics_sample(out, "guichet_http_connections", "", (double)atomic_load(&http->connections));
    metrics_describe(out, "guichet_http_connections_reaped_total", "counter",
                     "Connections ended for passing a deadline.");
    metrics_sample(out, "guichet_http_connections_reaped_total", "",
                   (double)atomic_load(&http->connections_cut));
    metrics_describe(out, "guichet_http_body_bytes", "gauge",
                     "Bodies of requests under way, in memory.");
    metrics_sample(out, "guichet_http_body_bytes", "", (double)atomic_load(&http->body_bytes));
    metrics_describe(out, "guichet_http_upload_bytes", "gauge",
                     "Bodies of requests under way, in files of the data folder.");
    metrics_sample(out, "guichet_http_upload_bytes", "", (double)atomic_load(&http->upload_bytes));
    metrics_describe(out, "guichet_http_answer_bytes", "gauge",
                     "Large answers being sent, in files of the data folder.");
    metrics_sample(out, "guichet_http_answer_bytes", "", (double)atomic_load(&http->answer_bytes));
}

static void write_pool(struct buf *out, void *state) {
    const struct http_state *http = state;
    const struct pool_stats stats = pool_get_stats(http->services->pool);
    metrics_describe(out, "guichet_database_connections", "gauge",
                     "Connections to PostgreSQL in the pool.");
    metrics_sample(out, "guichet_database_connections", "state=\"open\"",
                   (double)stats.connections);
    metrics_sample(out, "guichet_database_connections", "state=\"busy\"", (double)stats.busy);
    const struct pool_stats heavy = pool_get_stats(http->services->heavy_pool);
    metrics_describe(out, "guichet_database_heavy_connections", "gauge",
                     "Connections to PostgreSQL for exports and searches of anybody.");
    metrics_sample(out, "guichet_database_heavy_connections", "state=\"open\"",
                   (double)heavy.connections);
    metrics_sample(out, "guichet_database_heavy_connections", "state=\"busy\"", (double)heavy.busy);
    metrics_describe(out, "guichet_database_waits_total", "counter",
                     "Transactions that had to wait for a connection.");
    metrics_sample(out, "guichet_database_waits_total", "", (double)stats.waits);
    metrics_describe(out, "guichet_database_failures_total", "counter",
                     "Connections to PostgreSQL lost or refused.");
    metrics_sample(out, "guichet_database_failures_total", "", (double)stats.failures);
}

static void write_build(struct buf *out, void *state) {
    (void)state;
    metrics_describe(out, "guichet_build_info", "gauge", "Always 1; the version is a label.");
    metrics_sample(out, "guichet_build_info", "version=\"" GUICHET_VERSION "\"", 1);
}

void http_metrics_register(struct http_state *http) {
    metrics_register(write_build, NULL);
    process_metrics_register();
    metrics_register(write_requests, NULL);
    metrics_register(write_connections, http);
    metrics_register(write_pool, http);
    readiness_metrics_register(http->services);
    upkeep_metrics_register(http->services->pool);
}
