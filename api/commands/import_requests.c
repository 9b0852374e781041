#include "account/request_import_row.h"
#include "base/json.h"
#include "base/json_items.h"
#include "base/text.h"
#include "commands/commands.h"
#include "commands/import_report.h"
#include "commands/seen_rows.h"
#include "commands/session.h"
#include <dirent.h>
#include <stdio.h>
#include <string.h>

enum { ROWS_MAX = 100 * 1000 };

/* One run of the command. */
struct run {
    struct command_session session;
    struct request_import import;
    struct former_form form;
    struct import_report report;
    struct json_items items;
    struct seen_rows numbers;
    struct seen_rows habilitations;
    struct seen_rows accounts;
    int64_t strays; /* folders that belong to no row */
};

static int fail(const char *message) {
    (void)fprintf(stderr, "guichet import-requests: %s\n", message);
    return 1;
}

/* --- Before the rows --------------------------------------------------------------------------- */

static bool is_folder(const char *path) {
    DIR *folder = opendir(path);
    if (folder != NULL) {
        (void)closedir(folder);
    }
    return folder != NULL;
}

static enum err load_form(struct run *run, const char *id) {
    struct context *context = &run->session.context;
    const struct product *product = products_find(context->services->products, id);
    if (product == NULL) {
        return context_fail(context, ERR_NOT_FOUND, "--product: no product has this id");
    }
    const enum err err = former_form_load(context->arena, context->services->config->products_dir,
                                          product, context->errors, &run->form);
    return err == ERR_NOT_FOUND
               ? context_fail(context, err,
                              "--product: this product has no datapass.json, which says what the "
                              "fields of DataPass are here (api/products/README.md)")
               : err;
}

static enum err prepare(struct run *run, const struct command_input *input) {
    struct context *context = &run->session.context;
    const char *by = input->options[COMMAND_OPTION_BY];
    TRY(command_session_init(&run->session, COMMAND_SEALS));
    TRY(load_form(run, input->options[COMMAND_OPTION_PRODUCT]));
    run->import = (struct request_import){
        .form = &run->form,
        .files = input->options[COMMAND_OPTION_FILES],
        .makes_tokens = input->options[COMMAND_OPTION_NO_TOKENS] == NULL,
        .dry_run = input->options[COMMAND_OPTION_DRY_RUN] != NULL,
    };
    if (run->import.files != NULL && !is_folder(run->import.files)) {
        return context_fail(context, ERR_NOT_FOUND, "--files: this folder cannot be read");
    }
    if (import_report_open(&run->report, input->options[COMMAND_OPTION_REPORT]) != ERR_NONE) {
        return context_fail(context, ERR_NOT_FOUND, "--report: this file cannot be written");
    }
    return by == NULL ? ERR_NONE : request_import_find_account(context, by, &run->import.run_by);
}

/* --- Rows -------------------------------------------------------------------------------------- */

/* A mistake that no field has. */
static void add_mistake(struct run *run, const struct json_item *item, const char *number,
                        const char *message) {
    const struct field_error error = {.pointer = "", .code = "", .message = message};
    import_report_add(&run->report, item, number, REQUEST_IMPORT_REFUSED, &error);
}

/* Whether the failure is the row's own: the others go on. */
static bool is_of_the_row(enum err err) {
    return err == ERR_INVALID || err == ERR_CONFLICT || err == ERR_TOO_LARGE ||
           err == ERR_UNSUPPORTED_TYPE;
}

static enum err import_document(struct run *run, struct context *context,
                                const struct value *document, const struct json_item *item) {
    struct field_errors notes;
    struct request_import_result result;
    field_errors_init(&notes, context->arena);
    const enum err err = request_import_row(context, &run->import, document, &notes, &result);
    if (err == ERR_NONE) {
        import_report_add(&run->report, item, result.number, result.outcome, notes.first);
        run->report.tokens += result.has_new_token;
        run->report.accounts +=
            result.email_key != NULL &&
            seen_rows_meet(&run->accounts, result.email_key, item->row) == item->row;
    } else if (context->errors->first != NULL) {
        import_report_add(&run->report, item, result.number, REQUEST_IMPORT_REFUSED,
                          context->errors->first);
    } else {
        add_mistake(run, item, result.number,
                    context->detail != NULL ? context->detail : err_title(err));
    }
    return is_of_the_row(err) ? ERR_NONE : err;
}

/* True where an earlier row of the file has the same number, which is told. */
static bool was_seen(struct run *run, struct arena *arena, struct seen_rows *seen,
                     const char *number, const struct json_item *item, const char *what) {
    const int64_t first = number == NULL ? item->row : seen_rows_meet(seen, number, item->row);
    if (first == item->row) {
        return false;
    }
    add_mistake(
        run, item, number,
        arena_printf(arena, "row %lld has the same %s: only one of them counts, take the other out",
                     (long long)first, what));
    return true;
}

/* Of two rows with one number, or one habilitation, nobody could tell which one counts. */
static bool is_double(struct run *run, struct arena *arena, const struct value *document,
                      const struct json_item *item) {
    const char *number = request_import_row_number(arena, document);
    const char *habilitation = request_import_row_habilitation(arena, document);
    return was_seen(run, arena, &run->numbers, number, item, "number (id)") ||
           was_seen(run, arena, &run->habilitations, habilitation, item,
                    "habilitation (habilitations/id)");
}

static enum err import_item(struct run *run, const struct json_item *item) {
    ARENA_AUTO(arena);
    struct field_errors errors;
    struct value *document = NULL;
    field_errors_init(&errors, &arena);
    struct context context = run->session.context;
    context.arena = &arena;
    context.errors = &errors;
    if (json_parse(&arena, item->text, item->length, &document, NULL) != ERR_NONE) {
        add_mistake(run, item, NULL,
                    arena_printf(&arena, "no valid JSON (RFC 8259): %s",
                                 json_explain(&arena, item->text, item->length)));
        return ERR_NONE;
    }
    return is_double(run, &arena, document, item) ? ERR_NONE
                                                  : import_document(run, &context, document, item);
}

/* `*more` is false where nothing behind it is read. */
static enum err take_found(struct run *run, enum json_items_found found,
                           const struct json_item *item, bool *more) {
    switch (found) {
    case JSON_ITEMS_ITEM:
        return import_item(run, item);
    case JSON_ITEMS_TOO_LONG:
        add_mistake(run, item, NULL, "longer than 1 MiB: not read");
        return ERR_NONE;
    case JSON_ITEMS_BROKEN:
        add_mistake(run, item, NULL,
                    "the file is cut here, or is no array of objects: nothing behind it was read");
        break;
    case JSON_ITEMS_UNREADABLE:
        add_mistake(run, item, NULL, "the file cannot be read any further");
        break;
    case JSON_ITEMS_END:
        break;
    }
    *more = false;
    return ERR_NONE;
}

static enum err import_all(struct run *run) {
    bool more = true;
    seen_rows_init(&run->numbers, &run->session.app.arena, ROWS_MAX);
    seen_rows_init(&run->habilitations, &run->session.app.arena, ROWS_MAX);
    seen_rows_init(&run->accounts, &run->session.app.arena, ROWS_MAX);
    for (int64_t rows = 0; more; rows++) {
        struct json_item item;
        const enum json_items_found found = json_items_next(&run->items, &item);
        if (rows == ROWS_MAX && found != JSON_ITEMS_END) {
            add_mistake(run, &item, NULL,
                        "a file has 100,000 rows at most: nothing from here on was read, split it");
            break;
        }
        if (rows == 0 && found == JSON_ITEMS_END) { /* an export that failed, most likely */
            return context_fail(&run->session.context, ERR_INVALID,
                                "FILE: no request in this file");
        }
        TRY(take_found(run, found, &item, &more));
    }
    return ERR_NONE;
}

/* Tells what stands in the folder of the files and belongs to no row: it would be forgotten. */
static void tell_strays(struct run *run) {
    DIR *folder = run->import.files == NULL ? NULL : opendir(run->import.files);
    if (folder == NULL) {
        return;
    }
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (*entry->d_name != '.' && !seen_rows_have(&run->numbers, entry->d_name)) {
            run->strays++;
            (void)printf("--files: «%s» is the folder of no request of the file\n", entry->d_name);
        }
    }
    (void)closedir(folder);
}

static int finish(struct run *run, enum err err) {
    seen_rows_clear(&run->numbers);
    seen_rows_clear(&run->habilitations);
    seen_rows_clear(&run->accounts);
    json_items_clear(&run->items);
    int code = command_session_verdict(&run->session, "import-requests", err);
    if (import_report_close(&run->report) != ERR_NONE) {
        code = fail("--report: the file could not be written to its end");
    }
    command_session_clear(&run->session);
    const bool is_clean = run->report.rows[REQUEST_IMPORT_REFUSED] == 0 &&
                          run->report.rows[REQUEST_IMPORT_CHANGED] == 0 && run->strays == 0;
    return code == 0 && !is_clean ? 1 : code;
}

int command_import_requests(const struct command_input *input) {
    static struct run run;
    FILE *file = fopen(input->words[0], "rbe");
    if (file == NULL) {
        return fail("FILE cannot be read");
    }
    json_items_init(&run.items, file);
    enum err err = prepare(&run, input);
    if (err == ERR_NONE) {
        err = import_all(&run);
        tell_strays(&run);
        import_report_print(&run.report, run.import.dry_run);
    }
    (void)fclose(file);
    return finish(&run, err);
}
