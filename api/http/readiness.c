#include "http/readiness.h"
#include "base/metrics.h"
#include "core/master_key.h"
#include "engine/migrate.h"

enum readiness readiness_find(const struct services *services) {
    const enum err err = migrate_check_ready(services->pool);
    if (err != ERR_NONE) {
        return err == ERR_CONFLICT ? READINESS_SCHEMA : READINESS_DATABASE;
    }
    return master_key_check(services) == ERR_NONE ? READINESS_COMPLETE : READINESS_MASTER_KEY;
}

static void write_checks(struct buf *out, void *state) {
    static const char *const LABELS[] = {"check=\"database\"", "check=\"schema\"",
                                         "check=\"master_key\""};
    const enum readiness found = readiness_find(state);
    metrics_describe(
        out, "guichet_ready", "gauge",
        "1 for what requests need and is there, 0 for what is missing (/health/ready).");
    for (int check = 0; check <= (int)found && check < READINESS_COMPLETE; check++) {
        metrics_sample(out, "guichet_ready", LABELS[check], check < (int)found ? 1 : 0);
    }
}

void readiness_metrics_register(const struct services *services) {
    metrics_register(write_checks, (void *)services);
}
