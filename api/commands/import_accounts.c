#include "account/account_import.h"
#include "base/text.h"
#include "commands/commands.h"
#include "commands/csv_table.h"
#include "commands/session.h"
#include <stdio.h>
#include <string.h>

#define COLUMNS(COLUMN)                                                                            \
    COLUMN(email, true)                                                                            \
    COLUMN(given_name, true)                                                                       \
    COLUMN(family_name, true)                                                                      \
    COLUMN(siret, true)                                                                            \
    COLUMN(password_hash, false)                                                                   \
    COLUMN(token_id, false)                                                                        \
    COLUMN(product, false)                                                                         \
    COLUMN(scopes, false)                                                                          \
    COLUMN(expires_at, false)

enum column {
#define COLUMN(name, required) COLUMN_##name,
    COLUMNS(COLUMN)
#undef COLUMN
        COLUMN_COUNT,
};

static const struct csv_column COLUMN_ROWS[] = {
#define COLUMN(name, required) {#name, required},
    COLUMNS(COLUMN)
#undef COLUMN
};

enum { ROWS_MAX = 1000 * 1000 };

struct report {
    struct seen_rows emails;
    struct seen_rows token_ids;
    int64_t accounts[3]; /* by enum account_import_outcome */
    int64_t tokens[3];
    int64_t refused;
};

static enum err import_one(const struct command_session *session, const struct csv_table *table,
                           bool dry_run, struct report *report) {
    ARENA_AUTO(arena);
    struct field_errors errors;
    struct account_import_result result;
    field_errors_init(&errors, &arena);
    struct context context = session->context;
    context.arena = &arena;
    context.errors = &errors;
    struct account_import_row row = {.line = table->line};
#define COLUMN(name, required) row.name = csv_table_get(table, COLUMN_##name);
    COLUMNS(COLUMN)
#undef COLUMN
    const enum err err = csv_table_refuse_double(table, &context, &report->token_ids, "token_id",
                                                 text_lower(&arena, row.token_id))
                             ? ERR_INVALID
                             : account_import_row(&context, &row, dry_run, &result);
    if (err == ERR_NONE) {
        const bool is_first =
            seen_rows_meet(&report->emails, result.email_key, table->line) == table->line;
        report->accounts[is_first ? result.account : IMPORT_PRESENT]++;
        report->tokens[result.token]++;
        return ERR_NONE;
    }
    report->refused++;
    csv_table_print_mistakes(table, &context, err);
    return err == ERR_INVALID || err == ERR_CONFLICT ? ERR_NONE : err;
}

static enum err import_all(const struct command_session *session, struct csv_table *table,
                           bool dry_run, struct report *report) {
    bool more = false;
    TRY(csv_table_next(table, &more));
    while (more) {
        TRY(import_one(session, table, dry_run, report));
        TRY(csv_table_next(table, &more));
    }
    return ERR_NONE;
}

static void print_report(const struct report *report, bool dry_run) {
    (void)printf("%s%lld accounts created, %lld already there; %lld tokens created, %lld already "
                 "there; %lld rows refused\n",
                 dry_run ? "dry run, nothing was changed: " : "",
                 (long long)report->accounts[IMPORT_CREATED],
                 (long long)report->accounts[IMPORT_PRESENT],
                 (long long)report->tokens[IMPORT_CREATED],
                 (long long)report->tokens[IMPORT_PRESENT], (long long)report->refused);
}

int command_import_accounts(const struct command_input *input) {
    static struct command_session session;
    struct csv_table table;
    struct report report = {0};
    const bool dry_run = input->options[COMMAND_OPTION_DRY_RUN] != NULL;
    if (csv_table_open(&table, "import-accounts", input->words[0], COLUMN_ROWS, COLUMN_COUNT) !=
        ERR_NONE) {
        csv_table_close(&table);
        return 1;
    }
    enum err err = command_session_init(&session, COMMAND_SEALS);
    if (err == ERR_NONE) {
        seen_rows_init(&report.emails, &session.app.arena, ROWS_MAX);
        seen_rows_init(&report.token_ids, &session.app.arena, ROWS_MAX);
        err = import_all(&session, &table, dry_run, &report);
        seen_rows_clear(&report.emails);
        seen_rows_clear(&report.token_ids);
        print_report(&report, dry_run);
    }
    csv_table_close(&table);
    const int code = command_session_verdict(&session, "import-accounts", err);
    command_session_clear(&session);
    return code == 0 && report.refused > 0 ? 1 : code;
}
