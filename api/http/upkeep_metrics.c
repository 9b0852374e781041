#include "http/upkeep_metrics.h"
#include "base/metrics.h"
#include "sql/core.h"

static void write_one(struct buf *out, const char *name, const char *help, int64_t value) {
    metrics_describe(out, name, "gauge", help);
    metrics_sample(out, name, "", (double)value);
}

static void write_waiting(struct buf *out, const struct outbox_figures *figures) {
    metrics_describe(out, "guichet_mails", "gauge", "Mails that wait, and those given up.");
    metrics_sample(out, "guichet_mails", "state=\"pending\"", (double)figures->pending);
    metrics_sample(out, "guichet_mails", "state=\"parked\"", (double)figures->parked);
    write_one(out, "guichet_mails_oldest_seconds", "Age of the oldest mail that waits.",
              figures->oldest_s);
    write_one(out, "guichet_jobs_late_seconds",
              "How long the job that is due longest waits for a worker.", figures->jobs_late_s);
    write_one(out, "guichet_audit_waits_seconds",
              "How long the oldest row of the audit waits for its seal.", figures->audit_waits_s);
}

/* No sample where nothing has an age: the directory is not made from files, no key signs yet. */
static void write_age(struct buf *out, const char *name, const char *help,
                      struct nullable_int age_s) {
    metrics_describe(out, name, "gauge", help);
    if (age_s.has_value) {
        metrics_sample(out, name, "", (double)age_s.value);
    }
}

static void write_upkeep(struct buf *out, const struct upkeep_figures *figures) {
    write_one(out, "guichet_backup_age_seconds",
              "Since guichet backup last wrote a copy, or since the database was made.",
              figures->backup_s);
    write_one(out, "guichet_backup_failed", "1 where guichet backup failed the last time.",
              figures->backup_failed ? 1 : 0);
    write_age(out, "guichet_signing_key_age_seconds", "Since the current key signs tokens.",
              figures->signing_key_s);
    write_age(out, "guichet_directory_age_seconds",
              "Since the directory was made from INSEE's files.", figures->directory_s);
    write_one(out, "guichet_webhooks_late_seconds",
              "How long the delivery to a webhook that is due longest waits for a worker.",
              figures->webhooks_late_s);
    metrics_describe(out, "guichet_webhooks", "gauge",
                     "Webhooks whose calls have failed for an hour, and those switched off.");
    metrics_sample(out, "guichet_webhooks", "state=\"failing\"", (double)figures->webhooks_failing);
    metrics_sample(out, "guichet_webhooks", "state=\"disabled\"",
                   (double)figures->webhooks_disabled);
    write_one(out, "guichet_scans_oldest_seconds",
              "Age of the oldest file that waits for the virus scanner.", figures->scans_oldest_s);
}

/* Writes nothing while the database does not answer: guichet_database_failures_total shows that. */
static void write_all(struct buf *out, void *state) {
    ARENA_AUTO(arena);
    struct outbox_figures waiting;
    struct upkeep_figures upkeep;
    struct tx once = tx_once(state, &arena, IDENTITY_SYSTEM, TX_READ);
    if (sql_outbox_figures(&once, &waiting) == ERR_NONE) {
        write_waiting(out, &waiting);
    }
    struct tx again = tx_once(state, &arena, IDENTITY_SYSTEM, TX_READ);
    if (sql_upkeep_figures(&again, &upkeep) == ERR_NONE) {
        write_upkeep(out, &upkeep);
    }
}

void upkeep_metrics_register(struct pool *pool) {
    metrics_register(write_all, pool);
}
