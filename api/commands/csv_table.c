#include "commands/csv_table.h"
#include <string.h>

static const char BYTE_ORDER_MARK[] = "\xef\xbb\xbf";

static enum err read_file(void *state, char *out, size_t room, size_t *length) {
    *length = fread(out, 1, room, state);
    return ferror((FILE *)state) ? ERR_UNAVAILABLE : ERR_NONE;
}

static int find_place(const struct csv_table *table, const char *name) {
    for (size_t i = 0; i < table->fields_count; i++) {
        if (strcmp(table->fields[i], name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static enum err read_header(struct csv_table *table, const struct csv_column *columns,
                            size_t count) {
    enum err err = csv_next(&table->csv, table->fields, &table->fields_count);
    if (err != ERR_NONE || table->fields_count == 0) {
        (void)fprintf(stderr, "guichet %s: the first row must name the columns\n", table->command);
        return ERR_INVALID;
    }
    if (strncmp(table->fields[0], BYTE_ORDER_MARK, sizeof BYTE_ORDER_MARK - 1) == 0) {
        table->fields[0] += sizeof BYTE_ORDER_MARK - 1;
    }
    for (size_t i = 0; i < count; i++) {
        table->places[i] = find_place(table, columns[i].name);
        if (table->places[i] < 0 && columns[i].is_required) {
            (void)fprintf(stderr,
                          "guichet %s: column «%s» is missing; columns are separated by commas\n",
                          table->command, columns[i].name);
            err = ERR_INVALID;
        }
    }
    return err;
}

enum err csv_table_open(struct csv_table *table, const char *command, const char *path,
                        const struct csv_column *columns, size_t count) {
    *table = (struct csv_table){.command = command, .line = 1};
    table->file = fopen(path, "rbe");
    if (table->file == NULL) {
        (void)fprintf(stderr, "guichet %s: %s cannot be read\n", command, path);
        return ERR_NOT_FOUND;
    }
    TRY(csv_init(&table->csv, read_file, table->file));
    return read_header(table, columns, count);
}

void csv_table_close(struct csv_table *table) {
    csv_clear(&table->csv);
    if (table->file != NULL) {
        (void)fclose(table->file);
    }
    table->file = NULL;
}

enum err csv_table_next(struct csv_table *table, bool *more) {
    const enum err err = csv_next(&table->csv, table->fields, &table->fields_count);
    table->line++;
    *more = err == ERR_NONE && table->fields_count > 0;
    if (err != ERR_NONE) {
        (void)printf("line %lld: %s\n", (long long)table->line,
                     err == ERR_UNAVAILABLE ? "the file cannot be read any further"
                                            : "not readable as CSV");
    }
    return err;
}

const char *csv_table_get(const struct csv_table *table, size_t column) {
    const int place = table->places[column];
    return place >= 0 && (size_t)place < table->fields_count ? table->fields[place] : "";
}

void csv_table_print_mistakes(const struct csv_table *table, const struct context *context,
                              enum err err) {
    const struct field_error *error = context->errors->first;
    if (error == NULL) {
        (void)printf("line %lld: %s\n", (long long)table->line,
                     context->detail != NULL ? context->detail : err_slug(err));
    }
    for (; error != NULL; error = error->next) {
        (void)printf("line %lld, %s: %s\n", (long long)table->line, error->pointer, error->message);
    }
}

bool csv_table_refuse_double(const struct csv_table *table, const struct context *context,
                             struct seen_rows *seen, const char *column, const char *value) {
    const int64_t first = *value == '\0' ? table->line : seen_rows_meet(seen, value, table->line);
    if (first == table->line) {
        return false;
    }
    field_errors_add(context->errors, column, "duplicate",
                     "La ligne %lld a la même valeur : une seule des deux compte, retirez l’autre.",
                     (long long)first);
    return true;
}
