#include "base/metrics.h"
#include <inttypes.h>
#include <stdlib.h>

static const struct {
    int64_t most_us;
    const char *text; /* in seconds */
} BUCKETS[METRICS_BUCKETS] = {
    {100, "0.0001"}, {500, "0.0005"},  {1000, "0.001"}, {5000, "0.005"},
    {10000, "0.01"}, {25000, "0.025"}, {50000, "0.05"}, {100000, "0.1"},
    {500000, "0.5"}, {1000000, "1"},   {5000000, "5"},  {10000000, "10"},
};

static struct {
    metrics_writer write;
    void *state;
} writers[METRICS_WRITERS_MAX];
static size_t writers_count;

void metrics_register(metrics_writer write, void *state) {
    if (writers_count == METRICS_WRITERS_MAX) {
        abort();
    }
    writers[writers_count].write = write;
    writers[writers_count++].state = state;
}

void metrics_unregister_all(void) {
    writers_count = 0;
}

void metrics_write(struct buf *out) {
    for (size_t i = 0; i < writers_count; i++) {
        writers[i].write(out, writers[i].state);
    }
}

void metrics_describe(struct buf *out, const char *name, const char *type, const char *help) {
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void metrics_sample(struct buf *out, const char *name, const char *labels, double value) {
    if (*labels == '\0') {
        buf_printf(out, "%s %.17g\n", name, value);
    } else {
        buf_printf(out, "%s{%s} %.17g\n", name, labels, value);
    }
}

void metrics_label(struct buf *out, const char *name, const char *value) {
    buf_printf(out, "%s%s=\"", out->length == 0 ? "" : ",", name);
    for (const char *c = value; *c != '\0'; c++) {
        if (*c == '\n') {
            buf_puts(out, "\\n");
        } else {
            if (*c == '"' || *c == '\\') {
                buf_putc(out, '\\');
            }
            buf_putc(out, *c);
        }
    }
    buf_putc(out, '"');
}

void metrics_observe(struct metrics_histogram *histogram, int64_t duration_us) {
    size_t i = 0;
    while (i < METRICS_BUCKETS && duration_us > BUCKETS[i].most_us) {
        i++;
    }
    atomic_fetch_add_explicit(&histogram->buckets[i], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&histogram->sum_us, (uint64_t)(duration_us > 0 ? duration_us : 0),
                              memory_order_relaxed);
}

void metrics_histogram_write(struct buf *out, const char *name, const char *labels,
                             const struct metrics_histogram *histogram) {
    const char *comma = *labels == '\0' ? "" : ",";
    uint64_t count = 0;
    for (size_t i = 0; i <= METRICS_BUCKETS; i++) {
        count += atomic_load_explicit(&histogram->buckets[i], memory_order_relaxed);
        buf_printf(out, "%s_bucket{%s%sle=\"%s\"} %" PRIu64 "\n", name, labels, comma,
                   i == METRICS_BUCKETS ? "+Inf" : BUCKETS[i].text, count);
    }
    const uint64_t sum_us = atomic_load_explicit(&histogram->sum_us, memory_order_relaxed);
    const char *open = *labels == '\0' ? "" : "{";
    const char *close = *labels == '\0' ? "" : "}";
    buf_printf(out, "%s_sum%s%s%s %.6f\n", name, open, labels, close, (double)sum_us / 1e6);
    buf_printf(out, "%s_count%s%s%s %" PRIu64 "\n", name, open, labels, close, count);
}
