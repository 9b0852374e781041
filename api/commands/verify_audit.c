#include "base/clock.h"
#include "base/log.h"
#include "commands/commands.h"
#include "commands/session.h"
#include "core/audit.h"
#include "core/backup.h"
#include "core/master_key.h"
#include <stdio.h>
#include <string.h>

/* A head as it is, or what a file holds. */
static enum err read_heads(struct arena *arena, const char *from, const char **heads) {
    const size_t digits = from == NULL ? 0 : strspn(from, "0123456789");
    *heads = from;
    return from == NULL || (digits > 0 && from[digits] == ':')
               ? ERR_NONE
               : backup_read_heads(arena, from, heads);
}

/* The program forgets an address at its time, the database's owner whenever they like: the seal holds either way. */
static void print_forgotten(struct arena *arena, const struct audit_report *report) {
    if (report->forgotten_count > 0) {
        (void)printf("%lld rows have lost their address, the latest of %s: "
                     "GUICHET_ADDRESS_MONTHS says when\n",
                     (long long)report->forgotten_count,
                     clock_format_rfc3339(arena, report->forgotten_us / 1000));
    }
}

static int print_report(struct arena *arena, const struct audit_report *report) {
    for (size_t i = 0; i < report->problems_count; i++) {
        log_error(LOG_AUDIT_BROKEN, LOG_TEXT("problem", report->problems[i]));
        (void)printf("%s\n", report->problems[i]);
    }
    (void)printf("%lld rows are sealed, %lld wait for their seal\n",
                 (long long)report->sealed_count, (long long)report->waiting_count);
    print_forgotten(arena, report);
    (void)puts(report->problems_count == 0 ? "the chain is whole" : "the chain is broken");
    return report->problems_count == 0 ? 0 : 1;
}

static int verify(struct command_session *session, const char *from) {
    struct audit_report report;
    const struct services *services = &session->app.services;
    struct arena *arena = session->context.arena;
    const char *heads = NULL;
    if (read_heads(arena, from, &heads) != ERR_NONE) {
        (void)fprintf(stderr, "guichet verify-audit: %s cannot be read\n", from);
        return 1;
    }
    if (master_key_check(services) == ERR_CONFLICT) {
        (void)puts(
            "GUICHET_MASTER_KEY is not the key of this database, or not all of them: what the "
            "others sealed cannot be verified, which says nothing of tampering");
    }
    const enum err err = audit_verify(services, services->pool, arena, heads, &report);
    if (err == ERR_INVALID) {
        (void)fprintf(stderr, "guichet verify-audit: %s holds no head of the audit\n", from);
        return 1;
    }
    if (err != ERR_NONE) {
        return command_session_verdict(session, "verify-audit", err);
    }
    return print_report(arena, &report);
}

int command_verify_audit(const struct command_input *input) {
    static struct command_session session;
    const int code = command_session_init(&session, COMMAND_READS) == ERR_NONE
                         ? verify(&session, input->options[COMMAND_OPTION_FROM])
                         : 1;
    command_session_clear(&session);
    return code;
}
