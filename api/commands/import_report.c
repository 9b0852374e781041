#include "commands/import_report.h"
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static const char *const OUTCOMES[] = {
    [REQUEST_IMPORT_ADDED] = "taken_over", [REQUEST_IMPORT_PRESENT] = "already_there",
    [REQUEST_IMPORT_CHANGED] = "changed",  [REQUEST_IMPORT_NOT_TAKEN] = "not_taken_over",
    [REQUEST_IMPORT_REFUSED] = "refused",
};

enum err import_report_open(struct import_report *report, const char *path) {
    *report = (struct import_report){.path = path};
    if (path == NULL) {
        return ERR_NONE;
    }
    const int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
    report->file = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    if (report->file == NULL) {
        return ERR_NOT_FOUND;
    }
    (void)fputs("row,line,number,outcome,field,message\r\n", report->file);
    return ERR_NONE;
}

/* In quotes. No piece of it begins a formula, wherever a spreadsheet cuts it: see csv_cell.sql. */
static void write_cell(FILE *file, const char *text) {
    bool is_start = true;
    (void)fputc('"', file);
    for (const char *c = text; *c != '\0'; c++) {
        if (is_start && strchr("=+-@", *c) != NULL) {
            (void)fputc('\'', file);
        }
        if (strchr(" \"'", *c) == NULL) {
            is_start = strchr(",;\t\r\n", *c) != NULL;
        }
        (void)fputs(*c == '"' ? "\"" : "", file);
        (void)fputc(*c, file);
    }
    (void)fputc('"', file);
}

static void write_row(const struct import_report *report, const struct json_item *item,
                      const char *number, enum request_import_outcome outcome,
                      const struct field_error *error) {
    if (report->file == NULL) {
        return;
    }
    (void)fprintf(report->file, "%lld,%lld,%s,%s,", (long long)item->row, (long long)item->line,
                  number == NULL ? "" : number, OUTCOMES[outcome]);
    write_cell(report->file, error == NULL ? "" : error->pointer);
    (void)fputc(',', report->file);
    write_cell(report->file, error == NULL ? "" : error->message);
    (void)fputs("\r\n", report->file);
}

static void print_row(const struct json_item *item, const char *number,
                      const struct field_error *error) {
    (void)printf("row %lld", (long long)item->row);
    if (number != NULL) {
        (void)printf(" (%s)", number);
    }
    (void)printf("%s%s: %s\n", *error->pointer == '\0' ? "" : ", ", error->pointer, error->message);
}

void import_report_add(struct import_report *report, const struct json_item *item,
                       const char *number, enum request_import_outcome outcome,
                       const struct field_error *first) {
    report->rows[outcome]++;
    if (first == NULL) {
        write_row(report, item, number, outcome, NULL);
    }
    for (const struct field_error *error = first; error != NULL; error = error->next) {
        print_row(item, number, error);
        write_row(report, item, number, outcome, error);
    }
}

void import_report_print(const struct import_report *report, bool dry_run) {
    (void)printf(
        "%s%lld requests taken over, %lld already there, %lld changed since, %lld not taken "
        "over, %lld rows refused; %lld accounts created, %lld tokens created\n",
        dry_run ? "dry run, nothing was changed: " : "",
        (long long)report->rows[REQUEST_IMPORT_ADDED],
        (long long)report->rows[REQUEST_IMPORT_PRESENT],
        (long long)report->rows[REQUEST_IMPORT_CHANGED],
        (long long)report->rows[REQUEST_IMPORT_NOT_TAKEN],
        (long long)report->rows[REQUEST_IMPORT_REFUSED], (long long)report->accounts,
        (long long)report->tokens);
}

enum err import_report_close(struct import_report *report) {
    if (report->file == NULL) {
        return ERR_NONE;
    }
    const bool is_whole = ferror(report->file) == 0;
    const bool is_closed = fclose(report->file) == 0;
    report->file = NULL;
    return is_whole && is_closed ? ERR_NONE : ERR_UNAVAILABLE;
}
