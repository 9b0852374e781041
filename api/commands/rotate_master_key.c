#include "base/clock.h"
#include "base/log.h"
#include "commands/commands.h"
#include "commands/session.h"
#include "core/derived_key.h"
#include "core/master_key.h"
#include "core/sealed.h"
#include "security/seal.h"
#include <inttypes.h>
#include <stdio.h>

enum { PASSES_MAX = 3 };

/* What all columns together came to. */
struct outcome {
    int64_t renewed_count; /* by the last pass */
    int64_t unopened_count;
};

static void show_progress(enum sealed_column column, const struct sealed_count *count) {
    (void)printf("%s: %" PRId64 " open, %" PRId64 " of them sealed anew, %" PRId64 " do not open\n",
                 sealed_column_name(column), count->opened_count, count->renewed_count,
                 count->unopened_count);
    (void)fflush(stdout);
}

static enum err renew_once(struct command_session *session, struct outcome *outcome) {
    *outcome = (struct outcome){0};
    for (size_t column = 0; column < SEALED_COLUMNS_COUNT; column++) {
        struct sealed_count count;
        TRY(sealed_renew_column(session->context.services, session->context.arena,
                                (enum sealed_column)column, show_progress, &count));
        outcome->renewed_count += count.renewed_count;
        outcome->unopened_count += count.unopened_count;
        if (count.unopened != NULL) {
            (void)fprintf(stderr, "guichet rotate-master-key: no key given opens %s\n",
                          count.unopened);
        }
    }
    return ERR_NONE;
}

/* What was written behind a pass by a program that seals with a former key is found by the next one. */
static enum err renew(struct command_session *session, struct outcome *outcome) {
    TRY(derived_keys_keep(session->context.services, session->context.arena));
    TRY(renew_once(session, outcome));
    for (int pass = 1; pass < PASSES_MAX && outcome->renewed_count > 0; pass++) {
        TRY(renew_once(session, outcome));
    }
    return ERR_NONE;
}

static int say(const char *why) {
    (void)fprintf(stderr, "guichet rotate-master-key: %s\n", why);
    return 1;
}

/* False where a program sealed with a former key a moment ago: it may not have the new one, and could open nothing of
 * what is sealed anew. Nothing is changed then. */
static enum err is_new_key_everywhere(struct command_session *session, bool *is_everywhere) {
    const char *seen = NULL;
    TRY(master_key_find_former(session->context.services, session->context.arena,
                               MASTER_KEY_UNSEEN_S, &seen));
    *is_everywhere = seen == NULL;
    if (seen != NULL) {
        (void)fprintf(
            stderr,
            "guichet rotate-master-key: nothing was changed: a program sealed with a former "
            "key (%s) in the last %d s. Start every instance and worker with the new key "
            "first (RUNBOOK.md, \"The master key must be changed\"), and run this %d s "
            "later\n",
            seen, MASTER_KEY_UNSEEN_S, MASTER_KEY_UNSEEN_S);
    }
    return ERR_NONE;
}

/* The former keys may go once no program was seen with one since long before the first pass. */
static enum err retire(struct command_session *session, int64_t started_ms, const char **left) {
    const int64_t took_s = (clock_monotonic_ms() - started_ms) / 1000;
    return master_key_retire_former(session->context.services, session->context.arena,
                                    took_s + MASTER_KEY_UNSEEN_S, left);
}

static int finish(struct command_session *session, const struct outcome *outcome,
                  int64_t started_ms) {
    const char *left = NULL;
    if (outcome->unopened_count > 0) {
        return say("what no key opens was left as it is: give the key that sealed it as well, and "
                   "run this again. See RUNBOOK.md, \"The master key was lost\"");
    }
    const enum err err = retire(session, started_ms, &left);
    if (err != ERR_NONE) {
        return command_session_verdict(session, "rotate-master-key", err);
    }
    if (left != NULL || outcome->renewed_count > 0) {
        (void)fprintf(stderr,
                      "guichet rotate-master-key: everything is sealed anew, but a program sealed "
                      "with a former key (%s) in the last %d s. Start every instance and worker "
                      "with the new key first, and run this again %d s later; keep the former key "
                      "until then\n",
                      left == NULL ? "?" : left, MASTER_KEY_UNSEEN_S, MASTER_KEY_UNSEEN_S);
        return 1;
    }
    (void)puts("Everything opens with the first key alone: take the others out of "
               "GUICHET_MASTER_KEY, and restart.");
    log_info(LOG_MASTER_KEY_ROTATED);
    return 0;
}

int command_rotate_master_key(const struct command_input *input) {
    static struct command_session session;
    struct outcome outcome = {0};
    int code = 1;
    const int64_t started_ms = clock_monotonic_ms();
    (void)input;
    if (command_session_init(&session, COMMAND_SEALS) == ERR_NONE) {
        bool is_everywhere = false;
        enum err err = is_new_key_everywhere(&session, &is_everywhere);
        if (err == ERR_NONE && is_everywhere) {
            err = renew(&session, &outcome);
        }
        code = err != ERR_NONE  ? command_session_verdict(&session, "rotate-master-key", err)
               : !is_everywhere ? 1
                                : finish(&session, &outcome, started_ms);
    }
    command_session_clear(&session);
    return code;
}
