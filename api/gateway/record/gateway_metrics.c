#include "base/clock.h"
#include "base/metrics.h"
#include "gateway/gateway_parts.h"
#include "gateway/provider/provider.h"
#include "security/certificate.h"
#include <string.h>

static void write_one(struct buf *out, const char *name, const char *type, const char *help,
                      uint64_t value) {
    metrics_describe(out, name, type, help);
    metrics_sample(out, name, "", (double)value);
}

static void write_log(struct buf *out, struct gateway *gateway) {
    uint64_t recorded = 0;
    uint64_t dropped = 0;
    uint64_t waiting = 0;
    call_log_get_counts(gateway->log, &recorded, &dropped, &waiting);
    write_one(out, "guichet_call_log_recorded_total", "counter", "Calls written to the database.",
              recorded);
    write_one(out, "guichet_call_log_dropped_total", "counter", "Calls that could not be recorded.",
              dropped);
    write_one(out, "guichet_call_log_waiting", "gauge", "Calls waiting to be written.", waiting);
}

/* Calls `write` for every provider that is called over HTTP. */
static void each_remote(struct buf *out, struct gateway *gateway,
                        void (*write)(struct buf *out, const char *product,
                                      const struct provider *provider)) {
    for (size_t i = 0; i < gateway->catalogue.count; i++) {
        const struct catalogue_product *product = &gateway->catalogue.products[i];
        for (size_t j = 0; j < product->providers_count; j++) {
            if (product->providers[j].is_remote) {
                write(out, product->id, &product->providers[j]);
            }
        }
    }
}

static void write_provider(struct buf *out, const char *product, const struct provider *provider) {
    ARENA_AUTO(arena);
    struct gateway_provider state;
    struct buf labels;
    provider_get_state(provider, clock_now_ms(), &state);
    buf_init(&labels, &arena, SIZE_MAX / 2);
    metrics_label(&labels, "product", product);
    metrics_label(&labels, "provider", provider->id);
    metrics_sample(out, "guichet_provider_failing", buf_text(&labels),
                   strcmp(state.state, "failing") == 0 ? 1 : 0);
}

static void write_providers(struct buf *out, struct gateway *gateway) {
    metrics_describe(out, "guichet_provider_failing", "gauge",
                     "1 while the last calls of a provider failed, or none is made to it.");
    each_remote(out, gateway, write_provider);
}

static void write_end(struct buf *out, const char *whose, const char *path) {
    ARENA_AUTO(arena);
    struct buf labels;
    int64_t at_s = 0;
    if (!certificate_find_end(path, &at_s)) {
        return;
    }
    buf_init(&labels, &arena, SIZE_MAX / 2);
    metrics_label(&labels, "certificate", whose);
    metrics_sample(out, "guichet_certificate_end_timestamp_seconds", buf_text(&labels),
                   (double)at_s);
}

static void write_client_certificate(struct buf *out, const char *product,
                                     const struct provider *provider) {
    ARENA_AUTO(arena);
    if (provider->certificate_file != NULL) {
        write_end(out, arena_printf(&arena, "%s/%s", product, provider->id),
                  provider->certificate_file);
    }
}

/* The files are read at each scrape: a renewal is seen without a restart. */
static void write_certificates(struct buf *out, struct gateway *gateway) {
    const char *public_file = gateway->services->config->certificate_file;
    metrics_describe(
        out, "guichet_certificate_end_timestamp_seconds", "gauge",
        "End of a certificate (public: GUICHET_CERTIFICATE_FILE; else of the client of a "
        "provider), in seconds since 1970-01-01 UTC.");
    if (*public_file != '\0') {
        write_end(out, "public", public_file);
    }
    each_remote(out, gateway, write_client_certificate);
}

static void write_all(struct buf *out, void *state) {
    struct gateway *gateway = state;
    uint64_t hits = 0;
    uint64_t misses = 0;
    verifier_get_counts(gateway->verifier, &hits, &misses);
    write_one(out, "guichet_gateway_calls_total", "counter", "Calls of the gateway.",
              atomic_load(&gateway->calls));
    write_one(out, "guichet_gateway_bad_tokens_total", "counter", "Calls without a valid token.",
              atomic_load(&gateway->bad_tokens));
    write_one(out, "guichet_gateway_limited_total", "counter", "Calls refused by a limit.",
              atomic_load(&gateway->limited));
    write_one(out, "guichet_gateway_from_memory_total", "counter",
              "Calls answered by what a provider allowed to keep.",
              atomic_load(&gateway->from_cache));
    write_one(out, "guichet_gateway_kept_bytes", "gauge", "Answers kept in memory.",
              answer_cache_bytes(gateway->answers));
    write_one(out, "guichet_gateway_verified_from_cache_total", "counter",
              "Tokens whose signature was known.", hits);
    write_one(out, "guichet_gateway_verified_total", "counter",
              "Tokens whose signature was checked.", misses);
    write_one(out, "guichet_gateway_tokens", "gauge", "Tokens in memory.",
              token_cache_count(gateway->tokens));
    write_log(out, gateway);
    call_metrics_write(gateway->call_metrics, out);
    write_providers(out, gateway);
    write_certificates(out, gateway);
}

void gateway_metrics_register(struct gateway *gateway) {
    metrics_register(write_all, gateway);
}
