#include "worker/worker.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "core/job.h"
#include "core/outbox.h"
#include "core/ports.h"
#include "engine/listener.h"
#include "mail/mail_template.h"
#include "program/webhook_delivery.h"
#include "sql/core.h"
#include "worker/jobs.h"
#include "worker/pulse.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    /* A claim lasts two minutes, a mail at most the 60 s of the mail server's timeout: with more mails at
     * once, another worker could claim the last ones before they are sent, and send them twice. */
    MAILS_AT_ONCE = 1,
    IDLE_WAIT_MS = 30 * 1000, /* in case a notification was lost */
    UNNOTIFIED_WAIT_MS = 300, /* while no notification can arrive */
    DOWN_WAIT_MS = 1000,
    EXTEND_MS = 20 * 1000, /* how often the claim of a running job is prolonged */
    KEEP_JOBS_MS = 60 * 1000,
    BEAT_MS = 5 * 1000,
    WEBHOOK_THREADS = 3
};

enum { JOB_LANE_QUICK, JOB_LANE_SLOW, JOB_LANES };

enum work { WORK_MAIL, WORK_JOB, WORK_WEBHOOK, WORK_KINDS };

/* Payloads of the channel, in the order of enum work. */
static const char *const WORK_NAMES[WORK_KINDS] = {"mail", "job", "webhook"};
static const char *const CHANNELS[] = {"work", NULL};

/* A thread that runs the jobs of one lane. */
struct job_thread {
    struct worker *worker;
    size_t lane;
    pthread_t thread;
};

struct worker {
    const struct services *services;
    struct listener *listener; /* used by the listening thread alone */
    int wake_fd;               /* eventfd that ends its wait */
    pthread_t listening;
    pthread_t mails;
    struct job_thread jobs[JOB_LANES];   /* those that take minutes have a thread of their own */
    atomic_bool jobs_stop;               /* what long jobs look at */
    pthread_t webhooks[WEBHOOK_THREADS]; /* several: a webhook that hangs holds one */
    pthread_mutex_t mutex;               /* guards what follows */
    pthread_cond_t changed;
    uint64_t notices[WORK_KINDS]; /* how often work of a kind was announced */
    int64_t
        went_on_ms[WORK_KINDS]; /* when mails, and jobs that are quick, were last looked after */
    int64_t beat_at_ms;         /* when the pulse beats next */
    bool is_notified;           /* notifications arrive */
    bool is_stopping;
    struct {
        char id[UUID_TEXT_BYTES]; /* "": none */
        int64_t extend_at_ms;     /* when its claim is prolonged next */
    } running[JOB_LANES];
};

/* The kind of work that one thread does. */
struct lane {
    enum work work;
    uint64_t seen; /* notices that it has acted on */
};

/* Waits until there is work of the lane, at most `wait_ms` (-1: the maximum). False when the worker is to
 * stop. */
static bool worker_wait(struct worker *worker, struct lane *lane, int64_t wait_ms) {
    const int64_t max_ms = wait_ms < 0 || wait_ms > IDLE_WAIT_MS ? IDLE_WAIT_MS : wait_ms;
    pthread_mutex_lock(&worker->mutex);
    const bool is_polling = !worker->is_notified && max_ms > UNNOTIFIED_WAIT_MS;
    const struct timespec until = clock_deadline(is_polling ? UNNOTIFIED_WAIT_MS : max_ms);
    while (!worker->is_stopping && worker->notices[lane->work] == lane->seen &&
           pthread_cond_timedwait(&worker->changed, &worker->mutex, &until) == 0) {
    }
    lane->seen = worker->notices[lane->work];
    const bool is_running = !worker->is_stopping;
    pthread_mutex_unlock(&worker->mutex);
    return is_running;
}

/* Announces work of the kind `name`; NULL: of all kinds. */
static void announce(struct worker *worker, const char *name, bool is_notified) {
    pthread_mutex_lock(&worker->mutex);
    worker->is_notified = is_notified;
    for (size_t i = 0; i < WORK_KINDS; i++) {
        worker->notices[i] += name == NULL || strcmp(name, WORK_NAMES[i]) == 0 ? 1 : 0;
    }
    pthread_cond_broadcast(&worker->changed);
    pthread_mutex_unlock(&worker->mutex);
}

/* One of the two that are looked after went on: the pulse beats while both do. */
static void note_going_on(struct worker *worker, enum work work) {
    const int64_t now_ms = clock_monotonic_ms();
    const enum work other = work == WORK_MAIL ? WORK_JOB : WORK_MAIL;
    pthread_mutex_lock(&worker->mutex);
    worker->went_on_ms[work] = now_ms;
    const bool both_do = worker->went_on_ms[other] > 0 &&
                         now_ms - worker->went_on_ms[other] < PULSE_S_MAX * INT64_C(1000);
    const bool is_due = both_do && now_ms >= worker->beat_at_ms;
    worker->beat_at_ms = is_due ? now_ms + BEAT_MS : worker->beat_at_ms;
    pthread_mutex_unlock(&worker->mutex);
    if (is_due) {
        pulse_beat(worker->services->config->data_dir);
    }
}

static bool is_stopping(struct worker *worker) {
    pthread_mutex_lock(&worker->mutex);
    const bool stopping = worker->is_stopping;
    pthread_mutex_unlock(&worker->mutex);
    return stopping;
}

/* Names the job of a lane whose claim the listening thread prolongs; NULL: none. */
static void note_running(struct worker *worker, size_t lane, const char *id) {
    pthread_mutex_lock(&worker->mutex);
    (void)snprintf(worker->running[lane].id, sizeof worker->running[lane].id, "%s",
                   id == NULL ? "" : id);
    worker->running[lane].extend_at_ms = clock_monotonic_ms() + EXTEND_MS;
    pthread_mutex_unlock(&worker->mutex);
}

static void extend_running(struct worker *worker, size_t lane) {
    ARENA_AUTO(arena);
    char id[UUID_TEXT_BYTES];
    const int64_t now_ms = clock_monotonic_ms();
    pthread_mutex_lock(&worker->mutex);
    int64_t *extend_at_ms = &worker->running[lane].extend_at_ms;
    const bool is_due = *worker->running[lane].id != '\0' && now_ms >= *extend_at_ms;
    memcpy(id, worker->running[lane].id, sizeof id);
    *extend_at_ms = is_due ? now_ms + EXTEND_MS : *extend_at_ms;
    pthread_mutex_unlock(&worker->mutex);
    if (is_due) {
        struct tx once = tx_once(worker->services->pool, &arena, IDENTITY_SYSTEM, TX_WRITE);
        (void)!sql_job_extend(&once, .job = id); /* after a failure: again in EXTEND_MS */
    }
}

static void *listening_thread(void *argument) {
    struct worker *worker = argument;
    bool is_listening = false;
    while (!is_stopping(worker)) {
        struct notification notification;
        bool got = false;
        bool connected = false;
        const enum err err =
            listener_wait(worker->listener, is_listening ? IDLE_WAIT_MS : DOWN_WAIT_MS,
                          worker->wake_fd, &notification, &got, &connected);
        if (connected || is_listening != (err == ERR_NONE)) {
            announce(worker, NULL, err == ERR_NONE); /* notifications may have been lost */
        }
        if (got) {
            announce(worker, notification.payload, true);
        }
        is_listening = err == ERR_NONE;
        for (size_t i = 0; i < JOB_LANES; i++) {
            extend_running(worker, i);
        }
    }
    return NULL;
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
    struct rendered_mail rendered;
    *reason = "another master key";
    TRY(outbox_open(arena, services->master_key, row, &data));
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
    struct tx once = tx_once(services->pool, arena, IDENTITY_SYSTEM, TX_WRITE);
    if (outcome == ERR_NONE) {
        log_info(LOG_MAIL_SENT, LOG_TEXT("id", row->id), LOG_TEXT("template", row->template));
        return sql_outbox_mark_sent(&once, .mail = row->id);
    }
    const bool is_parked = outcome == ERR_INVALID || row->is_old;
    log_warning(is_parked ? LOG_MAIL_PARKED : LOG_MAIL_FAILED, LOG_TEXT("id", row->id),
                LOG_TEXT("template", row->template), LOG_TEXT("reason", reason),
                LOG_NUMBER("attempts", row->attempts));
    return sql_outbox_mark_failed(&once, .mail = row->id, .problem = reason,
                                  .is_parked = is_parked);
}

/* Where no mail is due, `*wait_ms` says when the next one is (-1: there is none). */
static enum err claim_mails(const struct services *services, struct arena *arena,
                            struct outbox_mail **mails, size_t *count, int64_t *wait_ms) {
    struct nullable_int next_due_ms = NULL_INT;
    TX_AUTO(tx);
    TRY(tx_begin(services->pool, arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(sql_outbox_claim(&tx, mails, count, .limit = MAILS_AT_ONCE));
    if (*count == 0) {
        TRY(sql_outbox_next_due(&tx, &next_due_ms));
    }
    *wait_ms = nullable_int_or(next_due_ms, -1);
    return tx_commit(&tx);
}

static enum err send_mails(const struct services *services, size_t *taken, int64_t *wait_ms) {
    ARENA_AUTO(arena);
    struct outbox_mail *mails = NULL;
    *taken = 0;
    TRY(claim_mails(services, &arena, &mails, taken, wait_ms));
    for (size_t i = 0; i < *taken; i++) {
        const char *reason = "unknown";
        const enum err outcome = mail_deliver(services, &arena, &mails[i], &reason);
        TRY(mail_settle(services, &arena, &mails[i], outcome, reason));
    }
    return ERR_NONE;
}

/* What the worker does is done by the program itself: no person, no request. */
static const struct actor PROGRAM = {.kind = ACTOR_SYSTEM};

static struct context context_of(const struct services *services, struct arena *arena,
                                 struct field_errors *errors) {
    field_errors_init(errors, arena);
    return (struct context){
        .services = services, .arena = arena, .actor = &PROGRAM, .errors = errors};
}

static enum err run_kind(struct worker *worker, struct arena *arena, const struct job_kind *kind,
                         const struct value *payload) {
    struct field_errors errors;
    struct context context = context_of(worker->services, arena, &errors);
    context.is_stopping = &worker->jobs_stop;
    return kind->run != NULL ? kind->run(&context) : kind->run_with(&context, payload);
}

static const char *slow_kinds(struct arena *arena) {
    const char *list = "";
    for (size_t i = 0; i < JOB_KINDS_COUNT; i++) {
        if (JOB_KINDS[i].is_slow) {
            list = arena_printf(arena, "%s%s%s", list, *list == '\0' ? "" : ",", JOB_KINDS[i].kind);
        }
    }
    return arena_printf(arena, "{%s}", list);
}

/* Runs one job that is due; how it ended is recorded with the next claim. */
static enum err run_job(struct worker *worker, size_t lane, struct job_outcome *outcome,
                        bool *found, int64_t *wait_ms) {
    ARENA_AUTO(arena);
    struct job_row job;
    const struct job_lane kinds = {.slow_kinds = slow_kinds(&arena),
                                   .is_slow = lane == JOB_LANE_SLOW};
    TRY(job_claim(worker->services->pool, &arena, &kinds, outcome, &job, found, wait_ms));
    if (!*found) {
        return ERR_NONE;
    }
    const struct job_kind *kind = job_kind_find(job.kind);
    struct value *payload = NULL;
    (void)snprintf(outcome->id, sizeof outcome->id, "%s", job.id);
    if (kind == NULL || json_parse(&arena, job.payload, strlen(job.payload), &payload, NULL) != 0) {
        /* A newer version added it: leave it to a worker that knows the kind. */
        outcome->again_in_s = job_retry_delay_s(1);
        outcome->problem = "unknown kind";
        return ERR_NONE;
    }
    note_running(worker, lane, job.id);
    const enum err err = run_kind(worker, &arena, kind, payload);
    note_running(worker, lane, NULL);
    outcome->again_in_s = kind->interval_s == 0 ? -1 : kind->interval_s;
    if (err != ERR_NONE) {
        log_warning(LOG_JOB_FAILED, LOG_TEXT("kind", job.kind), LOG_TEXT("id", job.id),
                    LOG_TEXT("error", err_slug(err)),
                    LOG_TEXT("cause", err == ERR_INTERNAL ? err_cause() : ""),
                    LOG_NUMBER("attempts", job.attempts));
        outcome->again_in_s = job_retry_delay_s(job.attempts);
        outcome->problem = err_slug(err);
    }
    return ERR_NONE;
}

static enum err keep_recurring_jobs(const struct services *services) {
    ARENA_AUTO(arena);
    TX_AUTO(tx);
    TRY(tx_begin(services->pool, &arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    for (size_t i = 0; i < JOB_KINDS_COUNT; i++) {
        if (JOB_KINDS[i].interval_s > 0) {
            TRY(sql_job_keep(&tx, .kind = JOB_KINDS[i].kind,
                             .interval_s = JOB_KINDS[i].interval_s));
        }
    }
    return tx_commit(&tx);
}

static void *mails_thread(void *argument) {
    struct worker *worker = argument;
    struct lane lane = {.work = WORK_MAIL};
    int64_t wait_ms = 0;
    while (worker_wait(worker, &lane, wait_ms)) {
        size_t taken = 0;
        const enum err err = send_mails(worker->services, &taken, &wait_ms);
        if (err == ERR_NONE) {
            note_going_on(worker, WORK_MAIL);
        }
        wait_ms = err != ERR_NONE ? DOWN_WAIT_MS : taken > 0 ? 0 : wait_ms;
    }
    return NULL;
}

/* Records the last run. After a failure the job runs again, which every job allows. */
static void settle_last(const struct services *services, struct job_outcome *outcome) {
    ARENA_AUTO(arena);
    if (*outcome->id != '\0') {
        (void)!job_settle(services->pool, &arena, outcome);
    }
}

static void *jobs_thread(void *argument) {
    const struct job_thread *thread = argument;
    struct worker *worker = thread->worker;
    struct lane lane = {.work = WORK_JOB};
    struct job_outcome outcome = {0};
    int64_t keep_at_ms = 0;
    int64_t wait_ms = 0;
    while (worker_wait(worker, &lane, wait_ms)) {
        bool found = false;
        enum err err = ERR_NONE;
        if (thread->lane == JOB_LANE_QUICK && clock_monotonic_ms() >= keep_at_ms) {
            err = keep_recurring_jobs(worker->services);
            keep_at_ms = err == ERR_NONE ? clock_monotonic_ms() + KEEP_JOBS_MS : 0;
        }
        err = err == ERR_NONE ? run_job(worker, thread->lane, &outcome, &found, &wait_ms) : err;
        if (err == ERR_NONE && thread->lane == JOB_LANE_QUICK) {
            note_going_on(worker, WORK_JOB);
        }
        wait_ms = err != ERR_NONE ? DOWN_WAIT_MS : found ? 0 : wait_ms;
    }
    settle_last(worker->services, &outcome);
    return NULL;
}

/* As webhook_deliver_next. */
static enum err deliver_webhook(const struct services *services, bool *has_more, int64_t *wait_ms) {
    ARENA_AUTO(arena);
    struct field_errors errors;
    struct context context = context_of(services, &arena, &errors);
    return webhook_deliver_next(&context, has_more, wait_ms);
}

static void *webhooks_thread(void *argument) {
    struct worker *worker = argument;
    struct lane lane = {.work = WORK_WEBHOOK};
    int64_t wait_ms = 0;
    while (worker_wait(worker, &lane, wait_ms)) {
        bool has_more = false;
        const enum err err = deliver_webhook(worker->services, &has_more, &wait_ms);
        wait_ms = err != ERR_NONE ? DOWN_WAIT_MS : has_more ? 0 : wait_ms;
    }
    return NULL;
}

struct worker *worker_start(const struct services *services) {
    struct worker *worker = calloc(1, sizeof *worker);
    if (worker == NULL) {
        abort();
    }
    worker->services = services;
    pulse_forget(services->config->data_dir);
    pthread_mutex_init(&worker->mutex, NULL);
    clock_cond_init(&worker->changed);
    worker->listener = listener_new(services->config->database_listen_url, CHANNELS);
    worker->wake_fd = eventfd(0, EFD_CLOEXEC);
    if (worker->wake_fd < 0 ||
        pthread_create(&worker->listening, NULL, listening_thread, worker) != 0 ||
        pthread_create(&worker->mails, NULL, mails_thread, worker) != 0) {
        abort(); /* at start: nothing was accepted yet */
    }
    for (size_t i = 0; i < JOB_LANES; i++) {
        struct job_thread *jobs = &worker->jobs[i];
        jobs->worker = worker;
        jobs->lane = i;
        if (pthread_create(&jobs->thread, NULL, jobs_thread, jobs) != 0) {
            abort();
        }
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
    worker->is_stopping = true;
    atomic_store(&worker->jobs_stop, true);
    pthread_cond_broadcast(&worker->changed);
    pthread_mutex_unlock(&worker->mutex);
    (void)!eventfd_write(worker->wake_fd, 1);
    pthread_join(worker->listening, NULL);
    pthread_join(worker->mails, NULL);
    for (size_t i = 0; i < JOB_LANES; i++) {
        pthread_join(worker->jobs[i].thread, NULL);
    }
    for (size_t i = 0; i < WEBHOOK_THREADS; i++) {
        pthread_join(worker->webhooks[i], NULL);
    }
    listener_free(worker->listener);
    (void)close(worker->wake_fd);
    pthread_cond_destroy(&worker->changed);
    pthread_mutex_destroy(&worker->mutex);
    free(worker);
}
