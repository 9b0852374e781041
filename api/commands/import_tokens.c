#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "commands/commands.h"
#include "commands/csv_table.h"
#include "commands/session.h"
#include "token/token_former.h"
#include <stdio.h>
#include <string.h>

enum { SECRET_FILE_BYTES_MAX = 4096, MONTH_DAYS = 31 };

enum column {
    COLUMN_TOKEN_ID,
    COLUMN_PRODUCT,
    COLUMN_REQUEST_NUMBER,
    COLUMN_EXPIRES_AT,
    COLUMN_COUNT,
};

static const struct csv_column COLUMNS[] = {
    {"token_id", true}, {"product", false}, {"request_number", false}, {"expires_at", false}};
static const int64_t DAY_MS = INT64_C(24) * 3600 * 1000;

enum { ROWS_MAX = 1000 * 1000 };

struct report {
    struct seen_rows token_ids;
    struct seen_rows requests;
    int64_t tokens[2]; /* by enum token_former_outcome */
    int64_t created;
    int64_t refused;
};

static int fail(const char *message) {
    (void)fprintf(stderr, "guichet import-tokens: %s\n", message);
    return 1;
}

/* The moment of --until or --end; 0 where the options make no sense, which is said. */
static int64_t read_until_s(const struct command_input *input) {
    const char *until = input->options[COMMAND_OPTION_UNTIL];
    const bool ends = input->options[COMMAND_OPTION_END] != NULL;
    int64_t until_ms = clock_now_ms();
    if ((until == NULL) != ends) {
        (void)fail("either --until or --end is needed");
        return 0;
    }
    if (ends) {
        return until_ms / 1000;
    }
    const int64_t latest_ms = until_ms + (int64_t)FORMER_MONTHS_MAX * MONTH_DAYS * DAY_MS;
    if (!clock_parse_rfc3339(until, &until_ms) || until_ms <= clock_now_ms() ||
        until_ms > latest_ms) {
        (void)fail("--until: a moment to come, within two years, as 2027-01-31T18:00:00Z; --end "
                   "ends it now");
        return 0;
    }
    return until_ms / 1000;
}

/* Without the line break that editors put behind it. */
static enum err read_secret(struct arena *arena, const char *path, const char **secret) {
    char *text = NULL;
    size_t length = 0;
    TRY(file_read(arena, path, SECRET_FILE_BYTES_MAX, &text, &length));
    text[strcspn(text, "\r\n")] = '\0';
    *secret = text;
    return ERR_NONE;
}

static enum err prepare_system(struct command_session *session, const struct command_input *input,
                               bool dry_run) {
    struct former_system system = {.name = input->options[COMMAND_OPTION_SYSTEM],
                                   .issuer = input->options[COMMAND_OPTION_ISSUER]};
    const char *path = input->options[COMMAND_OPTION_SECRET_FILE];
    if (path == NULL) {
        const enum err err = token_former_find_system(&session->context, system.name);
        return err != ERR_NOT_FOUND
                   ? err
                   : context_fail(&session->context, ERR_NOT_FOUND,
                                  "this former system is not known yet: --secret-file is needed");
    }
    if (read_secret(session->context.arena, path, &system.secret) != ERR_NONE) {
        return context_fail(&session->context, ERR_NOT_FOUND, "--secret-file cannot be read");
    }
    return token_former_add_system(&session->context, &system, dry_run);
}

static enum err import_one(const struct command_session *session, const struct csv_table *table,
                           const char *system, int64_t until_s, bool dry_run,
                           struct report *report) {
    ARENA_AUTO(arena);
    struct field_errors errors;
    struct token_former_result result;
    field_errors_init(&errors, &arena);
    struct context context = session->context;
    context.arena = &arena;
    context.errors = &errors;
    const struct token_former_row row = {
        .token_id = csv_table_get(table, COLUMN_TOKEN_ID),
        .product = csv_table_get(table, COLUMN_PRODUCT),
        .request_number = csv_table_get(table, COLUMN_REQUEST_NUMBER),
        .expires_at = csv_table_get(table, COLUMN_EXPIRES_AT),
    };
    const char *number = row.request_number + (*row.request_number == 'D');
    const char *request = *number == '\0' ? "" : arena_printf(&arena, "%s %s", row.product, number);
    const bool is_double =
        csv_table_refuse_double(table, &context, &report->token_ids, "token_id",
                                text_lower(&arena, row.token_id)) ||
        csv_table_refuse_double(table, &context, &report->requests, "request_number", request);
    const enum err err =
        is_double ? ERR_INVALID
                  : token_former_accept(&context, &row, system, until_s, dry_run, &result);
    if (err == ERR_NONE) {
        report->tokens[result.outcome]++;
        report->created += result.is_created;
        return ERR_NONE;
    }
    report->refused++;
    csv_table_print_mistakes(table, &context, err);
    return err == ERR_INVALID ? ERR_NONE : err;
}

static enum err import_all(struct command_session *session, const struct command_input *input,
                           struct csv_table *table, int64_t until_s, struct report *report) {
    const bool dry_run = input->options[COMMAND_OPTION_DRY_RUN] != NULL;
    bool more = false;
    TRY(prepare_system(session, input, dry_run));
    seen_rows_init(&report->token_ids, &session->app.arena, ROWS_MAX);
    seen_rows_init(&report->requests, &session->app.arena, ROWS_MAX);
    TRY(csv_table_next(table, &more));
    while (more) {
        TRY(import_one(session, table, input->options[COMMAND_OPTION_SYSTEM], until_s, dry_run,
                       report));
        TRY(csv_table_next(table, &more));
    }
    (void)printf("%s%lld tokens changed, %lld already so, %lld rows refused\n",
                 dry_run ? "dry run, nothing was changed: " : "",
                 (long long)report->tokens[FORMER_ACCEPTED],
                 (long long)report->tokens[FORMER_UNCHANGED], (long long)report->refused);
    if (report->created > 0) {
        (void)printf("%lld of them created, for requests that were taken over\n",
                     (long long)report->created);
    }
    return ERR_NONE;
}

int command_import_tokens(const struct command_input *input) {
    static struct command_session session;
    struct csv_table table;
    struct report report = {0};
    const int64_t until_s = read_until_s(input);
    if (until_s == 0) {
        return 1;
    }
    if (csv_table_open(&table, "import-tokens", input->words[0], COLUMNS, COLUMN_COUNT) !=
        ERR_NONE) {
        csv_table_close(&table);
        return 1;
    }
    enum err err = command_session_init(&session, COMMAND_SEALS);
    if (err == ERR_NONE) {
        err = import_all(&session, input, &table, until_s, &report);
    }
    seen_rows_clear(&report.token_ids);
    seen_rows_clear(&report.requests);
    csv_table_close(&table);
    const int code = command_session_verdict(&session, "import-tokens", err);
    command_session_clear(&session);
    return code == 0 && report.refused > 0 ? 1 : code;
}
