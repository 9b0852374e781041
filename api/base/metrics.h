#ifndef GUICHET_BASE_METRICS_H
#define GUICHET_BASE_METRICS_H
/* The metrics of /metrics, in the Prometheus text format (0.0.4). A module registers one writer at
 * start; the writer is called at each scrape, from any thread, and appends its samples. Thread-safe
 * after start. */
#include "base/buf.h"
#include <stdatomic.h>
#include <stdint.h>

typedef void (*metrics_writer)(struct buf *out, void *state);

enum { METRICS_WRITERS_MAX = 16, METRICS_BUCKETS = 12 };

/* A distribution of durations, in seconds when shown. Zeroed is empty. Lock-free. */
struct metrics_histogram {
    atomic_uint_fast64_t buckets[METRICS_BUCKETS + 1];
    atomic_uint_fast64_t sum_us;
};

/* Registers a writer. Requires: no thread runs yet; beyond METRICS_WRITERS_MAX the process ends. */
void metrics_register(metrics_writer write, void *state);
/* Unregisters all writers, before what they read is freed. */
void metrics_unregister_all(void);
/* Appends everything. */
void metrics_write(struct buf *out);

/* HELP and TYPE lines: once before the samples of a name; type is counter, gauge or histogram. */
void metrics_describe(struct buf *out, const char *name, const char *type, const char *help);
/* `labels` is "" or like `route="/v1/session",class="2xx"`: values escaped by metrics_label. */
void metrics_sample(struct buf *out, const char *name, const char *labels, double value);
/* Appends name="value", escaped; a comma first where `out` is not empty. */
void metrics_label(struct buf *out, const char *name, const char *value);

void metrics_observe(struct metrics_histogram *histogram, int64_t duration_us);
void metrics_histogram_write(struct buf *out, const char *name, const char *labels,
                             const struct metrics_histogram *histogram);

#endif
