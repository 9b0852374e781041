/* Tries what the program needs, all at once, and says of each what is wrong and what to do. */
#include "commands/doctor.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "commands/commands.h"
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { RUNS_MAX = 80, TOTAL_MS = 18000 };

/* A check under way. Its thread fills the finding; the main thread reads it once the thread has been joined. */
struct run {
    const char *name;
    doctor_check *check;
    struct doctor_subject subject;
    struct arena arena;
    struct doctor_finding finding;
    pthread_t thread;
    bool is_started;
    bool is_over;
};

static const struct {
    const char *name;
    doctor_check *check;
} CHECKS[] = {
    {"database", doctor_check_database},
    {"master_key", doctor_check_master_key},
    {"signing_key", doctor_check_signing_key},
    {"clock", doctor_check_clock},
    {"disk", doctor_check_disk},
    {"directory", doctor_check_directory},
    {"mail", doctor_check_mail},
    {"oidc", doctor_check_oidc},
    {"scanner", doctor_check_scanner},
    {"certificate", doctor_check_certificate},
    {"providers", doctor_check_sandbox},
};
enum { CHECKS_COUNT = sizeof CHECKS / sizeof CHECKS[0] };

static const char *const STATES[] = {[DOCTOR_WRONG] = "wrong",
                                     [DOCTOR_WARNING] = "warning",
                                     [DOCTOR_GOOD] = "good",
                                     [DOCTOR_OFF] = "off"};

static void *run_check(void *context) {
    struct run *run = context;
    run->check(&run->subject, &run->arena, &run->finding);
    return NULL;
}

static void start(struct run *run) {
    arena_init(&run->arena);
    run->is_started = pthread_create(&run->thread, NULL, run_check, run) == 0;
    if (!run->is_started) {
        run->is_over = true;
        doctor_say(&run->finding, DOCTOR_WRONG, "not tried: no thread could be started", NULL);
    }
}

/* The checks of CHECKS, then one for each provider that is called. */
static size_t list_runs(struct app *app, const char *mail, struct run *runs) {
    struct gateway_provider_name *providers = NULL;
    size_t remote = 0;
    size_t sandboxed = 0;
    size_t count = 0;
    for (; count < CHECKS_COUNT; count++) {
        runs[count] = (struct run){.name = CHECKS[count].name,
                                   .check = CHECKS[count].check,
                                   .subject = {.app = app, .mail = mail}};
    }
    gateway_list_remote(app->gateway, &app->arena, &providers, &remote, &sandboxed);
    for (size_t i = 0; i < remote && count < RUNS_MAX; i++, count++) {
        runs[count] =
            (struct run){.name = arena_printf(&app->arena, "provider %s/%s", providers[i].product,
                                              providers[i].provider),
                         .check = doctor_check_provider,
                         .subject = {.app = app, .provider = providers[i]}};
    }
    return count;
}

/* Waits for each until the common deadline. */
static void wait_for(struct run *runs, size_t count) {
    const struct timespec deadline = clock_deadline(TOTAL_MS);
    for (size_t i = 0; i < count; i++) {
        if (runs[i].is_started) {
            runs[i].is_over =
                pthread_clockjoin_np(runs[i].thread, NULL, CLOCK_MONOTONIC, &deadline) == 0;
        }
    }
}

/* That of a check which is not over belongs to its thread. */
static struct doctor_finding finding_of(const struct run *run) {
    static const struct doctor_finding LATE = {
        DOCTOR_WRONG, "no end within 18 s",
        "is a name of its address resolved, and is its port filtered?"};
    return run->is_over ? run->finding : LATE;
}

static void print_text(const struct run *runs, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct doctor_finding finding = finding_of(&runs[i]);
        (void)printf("%-8s %-12s %s\n", STATES[finding.state], runs[i].name, finding.found);
        if (finding.advice != NULL) {
            (void)printf("%-8s %-12s -> %s\n", "", "", finding.advice);
        }
    }
}

static void print_json(const struct run *runs, size_t count, bool is_good) {
    ARENA_AUTO(arena);
    struct value *document = value_object(&arena);
    struct value *checks = value_array(&arena);
    for (size_t i = 0; i < count; i++) {
        const struct doctor_finding finding = finding_of(&runs[i]);
        struct value *check = value_object(&arena);
        value_set_text(&arena, check, "name", runs[i].name);
        value_set_text(&arena, check, "state", STATES[finding.state]);
        value_set_text(&arena, check, "found", finding.found);
        value_set_text(&arena, check, "advice", finding.advice);
        value_push(checks, check);
    }
    value_set(document, "is_good", value_boolean(&arena, is_good));
    value_set(document, "checks", checks);
    (void)puts(json_text(&arena, document));
}

/* True where nothing is wrong; `*is_complete`: no check is still under way. */
static bool judge(const struct run *runs, size_t count, bool *is_complete) {
    bool is_good = true;
    *is_complete = true;
    for (size_t i = 0; i < count; i++) {
        is_good = is_good && finding_of(&runs[i]).state != DOCTOR_WRONG;
        *is_complete = *is_complete && runs[i].is_over;
    }
    return is_good;
}

static int examine(struct app *app, const struct command_input *input) {
    static struct run runs[RUNS_MAX];
    const size_t count = list_runs(app, input->options[COMMAND_OPTION_MAIL], runs);
    bool is_complete = false;
    for (size_t i = 0; i < count; i++) {
        start(&runs[i]);
    }
    wait_for(runs, count);
    const bool is_good = judge(runs, count, &is_complete);
    if (input->options[COMMAND_OPTION_JSON] != NULL) {
        print_json(runs, count, is_good);
    } else {
        print_text(runs, count);
    }
    if (!is_complete) { /* their threads still use what would be freed */
        (void)fflush(stdout);
        _exit(1);
    }
    for (size_t i = 0; i < count; i++) {
        arena_clear(&runs[i].arena);
    }
    return is_good ? 0 : 1;
}

int command_doctor(const struct command_input *input) {
    static struct app app;
    int code = 1;
    if (app_init(&app) == ERR_NONE) {
        log_set_level(LOG_LEVEL_ERROR); /* what is found is said once */
        code = examine(&app, input);
    } else {
        (void)fputs("The settings have the mistakes above: mend them, then run this again.\n",
                    stderr);
    }
    app_clear(&app);
    return code;
}
