#include "account/account_import.h"
#include "base/csv.h"
#include "commands/commands.h"
#include "commands/session.h"
#include <stdio.h>
#include <string.h>

#define COLUMNS(COLUMN)                                                                            \
    COLUMN(email, true)                                                                            \
    COLUMN(given_name, true)                                                                       \
    COLUMN(family_name, true)                                                                      \
    COLUMN(siret, true)                                                                            \
    COLUMN(password_hash, true)                                                                    \
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

static const struct {
    const char *name;
    bool required;
} COLUMN_ROWS[] = {
#define COLUMN(name, required) {#name, required},
    COLUMNS(COLUMN)
#undef COLUMN
};

struct report {
    int64_t rows;
    int64_t accounts[3]; /* by enum account_import_outcome */
    int64_t tokens[3];
    int64_t refused;
};

static enum err read_file(void *state, char *out, size_t room, size_t *length) {
    *length = fread(out, 1, room, state);
    return ferror((FILE *)state) ? ERR_UNAVAILABLE : ERR_NONE;
}

/* The place of each column, by its name in the first row; -1 where it is missing. */
static bool read_header(struct csv *csv, int places[COLUMN_COUNT]) {
    char *fields[CSV_FIELDS_MAX];
    size_t count = 0;
    bool complete = true;
    if (csv_next(csv, fields, &count) != ERR_NONE || count == 0) {
        (void)fputs("guichet import-accounts: the first row must name the columns\n", stderr);
        return false;
    }
    for (size_t column = 0; column < COLUMN_COUNT; column++) {
        places[column] = -1;
        for (size_t i = 0; i < count; i++) {
            if (strcmp(fields[i], COLUMN_ROWS[column].name) == 0) {
                places[column] = (int)i;
            }
        }
        if (places[column] < 0 && COLUMN_ROWS[column].required) {
            (void)fprintf(stderr, "guichet import-accounts: column «%s» is missing\n",
                          COLUMN_ROWS[column].name);
            complete = false;
        }
    }
    return complete;
}

static const char *field_of(char *fields[], size_t count, int place) {
    return place >= 0 && (size_t)place < count ? fields[place] : "";
}

static void print_mistakes(int64_t line, const struct context *context, enum err err) {
    const struct field_error *error = context->errors->first;
    if (error == NULL) {
        (void)printf("line %lld: %s\n", (long long)line,
                     context->detail != NULL ? context->detail : err_slug(err));
    }
    for (; error != NULL; error = error->next) {
        (void)printf("line %lld, %s: %s\n", (long long)line, error->pointer, error->message);
    }
}

static enum err import_one(const struct command_session *session, char *fields[], size_t count,
                           const int places[COLUMN_COUNT], bool dry_run, struct report *report) {
    ARENA_AUTO(arena);
    struct field_errors errors;
    struct account_import_result result;
    field_errors_init(&errors, &arena);
    struct context context = session->context;
    context.arena = &arena;
    context.errors = &errors;
    struct account_import_row row = {.line = report->rows + 1};
#define COLUMN(name, required) row.name = field_of(fields, count, places[COLUMN_##name]);
    COLUMNS(COLUMN)
#undef COLUMN
    const enum err err = account_import_row(&context, &row, dry_run, &result);
    if (err == ERR_NONE) {
        report->accounts[result.account]++;
        report->tokens[result.token]++;
        return ERR_NONE;
    }
    report->refused++;
    print_mistakes(row.line, &context, err);
    return err == ERR_INVALID || err == ERR_CONFLICT ? ERR_NONE : err;
}

static enum err import_all(const struct command_session *session, FILE *file, bool dry_run,
                           struct report *report) {
    char *fields[CSV_FIELDS_MAX];
    int places[COLUMN_COUNT];
    struct csv csv;
    size_t count = 0;
    TRY(csv_init(&csv, read_file, file));
    enum err err = read_header(&csv, places) ? ERR_NONE : ERR_INVALID;
    report->rows = 1;
    while (err == ERR_NONE) {
        err = csv_next(&csv, fields, &count);
        if (err != ERR_NONE) {
            (void)printf("line %lld: %s\n", (long long)report->rows + 1,
                         err == ERR_UNAVAILABLE ? "the file cannot be read any further"
                                                : "not readable as CSV");
        }
        if (err != ERR_NONE || count == 0) {
            break;
        }
        err = import_one(session, fields, count, places, dry_run, report);
        report->rows++;
    }
    csv_clear(&csv);
    return err;
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
    struct report report = {0};
    const bool dry_run = input->options[COMMAND_OPTION_DRY_RUN] != NULL;
    FILE *file = fopen(input->words[0], "rb");
    if (file == NULL) {
        (void)fprintf(stderr, "guichet import-accounts: %s cannot be read\n", input->words[0]);
        return 1;
    }
    enum err err = command_session_init(&session);
    if (err == ERR_NONE) {
        err = import_all(&session, file, dry_run, &report);
        print_report(&report, dry_run);
    }
    (void)fclose(file);
    const int code = command_session_verdict(&session, "import-accounts", err);
    command_session_clear(&session);
    return code == 0 && report.refused > 0 ? 1 : code;
}
