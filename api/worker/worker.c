#include "worker/worker.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "core/job.h"
#include "core/outbox.h"
#include "core/ports.h"
#include "mail/mail_template.h"
#include "program/webhook_delivery.h"
#include "worker/jobs.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    /* One mail at the mail server's timeout (60 s) is over before its claim (two minutes) ends: with
     * more of them another worker could send the last ones a second time. */
    MAILS_AT_ONCE = 1,
    IDLE_WAIT_MS = 300,
    DOWN_WAIT_MS = 1000,
    JOB_RETRY_S = 60,
    KEEP_JOBS_MS = 60 * 1000,
    WEBHOOK_THREADS = 3
};

struct worker {
    const struct services *services;
    pthread_t mails;
    pthread_t jobs;
    pthread_t webhooks[WEBHOOK_THREADS]; /* one that hangs leaves the others */
    pthread_mutex_t mutex;
    pthread_cond_t stop_asked;
    bool stopping;
};

/* Waits; false when the worker is to stop. */
static bool worker_wait(struct worker *worker, int64_t wait_ms) {
    const struct timespec until = clock_deadline(wait_ms);
    pthread_mutex_lock(&worker->mutex);
    if (!worker->stopping) {
        (void)pthread_cond_timedwait(&worker->stop_asked, &worker->mutex, &until);
    }
    const bool goes_on = !worker->stopping;
    pthread_mutex_unlock(&worker->mutex);
    return goes_on;
}

static const struct value *mail_globals(const struct services *services, struct arena *arena) {
    struct value *globals = value_object(arena);
    value_set_text(arena, globals, "public_url", services->config->public_url);
    value_set_text(arena, globals, "support_email", services->config->support_email);
    return globals;
}

enum err worker_render_mail(const struct services *services, struct arena *arena,
                            const char *template, const struct value *data, const char **subject,
                            const char **text) {
    struct rendered_mail rendered;
    TRY(mail_template_render(arena, template, data, mail_globals(services, arena), &rendered));
    *subject = rendered.subject;
    *text = rendered.text;
    return ERR_NONE;
}

static enum err mail_deliver(const struct services *services, struct arena *arena,
                             const struct outbox_mail *row, const char **reason) {
    struct value *data = NULL;
    TRY(json_parse(arena, row->data, strlen(row->data), &data, NULL));
    struct rendered_mail rendered;
    *reason = "template";
    TRY(mail_template_render(arena, row->template, data, mail_globals(services, arena), &rendered));
    const struct mail mail = {.id = row->id,
                              .recipient = row->recipient,
                              .subject = rendered.subject,
                              .text = rendered.text,
                              .html = rendered.html,
                              .unsubscribe_url = value_get_text(data, "unsubscribe_url")};
    return services->ports->mail_send(services->ports->mail_state, arena, &mail, reason);
}

static enum err mail_settle(const struct services *services, struct arena *arena,
                            const struct outbox_mail *row, enum err outcome, const char *reason) {
    if (outcome == ERR_NONE) {
        log_info(LOG_MAIL_SENT, LOG_TEXT("id", row->id), LOG_TEXT("template", row->template));
        return outbox_mark_sent(services->pool, arena, row->id);
    }
    const bool given_up = outcome == ERR_INVALID || row->is_old;
    log_warning(given_up ? LOG_MAIL_PARKED : LOG_MAIL_FAILED, LOG_TEXT("id", row->id),
                LOG_TEXT("template", row->template), LOG_TEXT("reason", reason),
                LOG_NUMBER("attempts", row->attempts));
    return outbox_mark_failed(services->pool, arena, row->id, reason, given_up);
}

enum err worker_send_mails(const struct services *services, size_t *taken) {
    ARENA_AUTO(arena);
    struct outbox_mail *mails = NULL;
    *taken = 0;
    TRY(outbox_claim(services->pool, &arena, MAILS_AT_ONCE, &mails, taken));
    for (size_t i = 0; i < *taken; i++) {
        const char *reason = "unknown";
        const enum err outcome = mail_deliver(services, &arena, &mails[i], &reason);
        TRY(mail_settle(services, &arena, &mails[i], outcome, reason));
    }
    return ERR_NONE;
}

static int64_t retry_delay_s(int64_t attempts) {
    const int64_t doublings = attempts > 6 ? 6 : attempts - 1;
    return JOB_RETRY_S << (doublings < 0 ? 0 : doublings);
}

enum err worker_run_job(const struct services *services, bool *found) {
    ARENA_AUTO(arena);
    struct job_row job;
    TRY(job_claim(services->pool, &arena, &job, found));
    if (!*found) {
        return ERR_NONE;
    }
    const struct job_kind *kind = job_kind_find(job.kind);
    struct value *payload = NULL;
    if (kind == NULL || json_parse(&arena, job.payload, strlen(job.payload), &payload, NULL) != 0) {
        /* A newer version's job: leave it to a worker that knows it. */
        return job_put_off(services->pool, &arena, job.id, JOB_RETRY_S, "unknown kind");
    }
    struct field_errors errors;
    field_errors_init(&errors, &arena);
    const struct actor program = {.kind = ACTOR_SYSTEM};
    struct context context = {
        .services = services, .arena = &arena, .actor = &program, .errors = &errors};
    const enum err outcome =
        kind->run != NULL ? kind->run(&context) : kind->run_with(&context, payload);
    if (outcome != ERR_NONE) {
        log_warning(LOG_JOB_FAILED, LOG_TEXT("kind", job.kind), LOG_TEXT("id", job.id),
                    LOG_TEXT("error", err_slug(outcome)), LOG_NUMBER("attempts", job.attempts));
        return job_put_off(services->pool, &arena, job.id, retry_delay_s(job.attempts),
                           err_slug(outcome));
    }
    return kind->interval_s == 0
               ? job_finish(services->pool, &arena, job.id)
               : job_put_off(services->pool, &arena, job.id, kind->interval_s, NULL);
}

static enum err recurring_jobs_keep(const struct services *services) {
    ARENA_AUTO(arena);
    TX_AUTO(tx);
    TRY(tx_begin(services->pool, &arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    for (size_t i = 0; i < JOB_KINDS_COUNT; i++) {
        if (JOB_KINDS[i].interval_s > 0) {
            TRY(job_keep(&tx, JOB_KINDS[i].kind, JOB_KINDS[i].interval_s));
        }
    }
    return tx_commit(&tx);
}

static void *mails_thread(void *argument) {
    struct worker *worker = argument;
    int64_t wait_ms = 0;
    while (worker_wait(worker, wait_ms)) {
        size_t taken = 0;
        const enum err err = worker_send_mails(worker->services, &taken);
        wait_ms = err != ERR_NONE ? DOWN_WAIT_MS : taken > 0 ? 0 : IDLE_WAIT_MS;
    }
    return NULL;
}

static void *jobs_thread(void *argument) {
    struct worker *worker = argument;
    int64_t kept_until_ms = 0;
    int64_t wait_ms = 0;
    while (worker_wait(worker, wait_ms)) {
        bool found = false;
        enum err err = ERR_NONE;
        if (clock_monotonic_ms() >= kept_until_ms) {
            err = recurring_jobs_keep(worker->services);
            kept_until_ms = err == ERR_NONE ? clock_monotonic_ms() + KEEP_JOBS_MS : 0;
        }
        err = err == ERR_NONE ? worker_run_job(worker->services, &found) : err;
        wait_ms = err != ERR_NONE ? DOWN_WAIT_MS : found ? 0 : IDLE_WAIT_MS;
    }
    return NULL;
}

static void *webhooks_thread(void *argument) {
    struct worker *worker = argument;
    int64_t wait_ms = 0;
    while (worker_wait(worker, wait_ms)) {
        bool found = false;
        const enum err err = webhook_deliver_next(worker->services, &found);
        wait_ms = err != ERR_NONE ? DOWN_WAIT_MS : found ? 0 : IDLE_WAIT_MS;
    }
    return NULL;
}

struct worker *worker_start(const struct services *services) {
    struct worker *worker = calloc(1, sizeof *worker);
    if (worker == NULL) {
        abort();
    }
    worker->services = services;
    pthread_mutex_init(&worker->mutex, NULL);
    clock_cond_init(&worker->stop_asked);
    if (pthread_create(&worker->mails, NULL, mails_thread, worker) != 0 ||
        pthread_create(&worker->jobs, NULL, jobs_thread, worker) != 0) {
        abort(); /* at start, before anything is promised */
    }
    for (size_t i = 0; i < WEBHOOK_THREADS; i++) {
        if (pthread_create(&worker->webhooks[i], NULL, webhooks_thread, worker) != 0) {
            abort();
        }
    }
    return worker;
}

void worker_stop(struct worker *worker) {
    if (worker == NULL) {
        return;
    }
    pthread_mutex_lock(&worker->mutex);
    worker->stopping = true;
    pthread_cond_broadcast(&worker->stop_asked);
    pthread_mutex_unlock(&worker->mutex);
    pthread_join(worker->mails, NULL);
    pthread_join(worker->jobs, NULL);
    for (size_t i = 0; i < WEBHOOK_THREADS; i++) {
        pthread_join(worker->webhooks[i], NULL);
    }
    pthread_cond_destroy(&worker->stop_asked);
    pthread_mutex_destroy(&worker->mutex);
    free(worker);
}
