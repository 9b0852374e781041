#include "base/metrics.h"
#include "gateway/gateway_parts.h"

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
}

void gateway_metrics_register(struct gateway *gateway) {
    metrics_register(write_all, gateway);
}
