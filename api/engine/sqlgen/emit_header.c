#include "engine/sqlgen/sqlgen.h"
#include <string.h>

enum { COMMENT_COLUMNS = 98 };

/* A comment of C, its words wrapped. */
static void emit_comment(struct out *out, const char *text) {
    size_t column = 2;
    out_printf(out, "/*");
    while (*text != '\0') {
        const size_t length = strcspn(text, " ");
        if (column + 1 + length > COMMENT_COLUMNS) {
            out_printf(out, "\n *");
            column = 2;
        }
        out_printf(out, " %.*s", (int)length, text);
        column += 1 + length;
        text += length + strspn(text + length, " ");
    }
    out_printf(out, " */\n");
}

static void emit_column(struct out *out, const struct sql_member *column) {
    out_printf(out, "    %s%s;", column->is_nullable ? column->type->nullable : column->type->c,
               column->name);
    out_printf(out, column->comment[0] != '\0' ? " /* %s */\n" : "%s\n", column->comment);
}

static void emit_row(struct out *out, const struct statement *statement) {
    out_printf(out, "struct %s {\n", statement->row_name);
    for (size_t i = 0; i < statement->columns.count; i++) {
        emit_column(out, &statement->columns.items[i]);
    }
    out_printf(out, "};\n\n");
}

/* Text passes NULL itself; the other types need a struct that can say it. */
static const char *param_type(const struct sql_member *param) {
    const bool is_text = strcmp(param->type->field, "SQL_TEXT") == 0;
    return param->is_nullable && !is_text ? param->type->nullable : param->type->c;
}

static void emit_params(struct out *out, const struct statement *statement) {
    out_printf(out, "struct SQL_BY_NAME sql_%s_params {\n", statement->name);
    for (size_t i = 0; i < statement->params.count; i++) {
        const struct sql_member *param = &statement->params.items[i];
        out_printf(out, "    %s%s; /* %s%s%s%s */\n", param_type(param), param->name,
                   param->type_name, param->is_nullable ? ", or NULL" : "",
                   param->comment[0] != '\0' ? ": " : "", param->comment);
    }
    out_printf(out, "};\n");
}

static const char *result_type(struct out *out, const struct statement *statement) {
    if (statement->result != RESULT_SCALAR) {
        return heap_printf(out->heap, "struct %s ", statement->row_name);
    }
    const struct sql_member *column = &statement->columns.items[0];
    return column->is_nullable ? column->type->nullable : column->type->c;
}

/* The results, as parameters of the function or, where `types` is false, as names of the macro. */
static void emit_results(struct out *out, const struct statement *statement, bool types,
                         const char *before, const char *behind) {
    const bool is_scalar = statement->result == RESULT_SCALAR;
    const char *name = is_scalar ? statement->row_name : "row";
    const char *type = types && statement->row_name != NULL ? result_type(out, statement) : "";
    switch (statement->kind) {
    case KIND_OPT:
        out_printf(out, ", %s%sfound%s, %s%s%s%s%s", types ? "bool *" : "", before, behind, type,
                   types ? "*" : "", before, name, behind);
        break;
    case KIND_ONE:
        out_printf(out, ", %s%s%s%s%s", type, types ? "*" : "", before, name, behind);
        break;
    case KIND_MANY:
        out_printf(out, ", %s%s%s%s%s, %s%scount%s", type, types ? "**" : "", before,
                   is_scalar ? name : "rows", behind, types ? "size_t *" : "", before, behind);
        break;
    case KIND_AFFECTED:
        out_printf(out, ", %s%saffected%s", types ? "size_t *" : "", before, behind);
        break;
    case KIND_EXEC:
    case KIND_COPY:
        break;
    }
}

static void emit_macro(struct out *out, const struct statement *statement) {
    const char *name = statement->name;
    out_printf(out, "#define sql_%s(tx", name);
    emit_results(out, statement, false, "", "");
    out_printf(out, ", ...) \\\n    sql_%s_((tx)", name);
    emit_results(out, statement, false, "(", ")");
    out_printf(out, ", \\\n        SQL_PARAMS(%zu, struct sql_%s_params, __VA_ARGS__))\n",
               statement->params.count, name);
}

static void emit_function(struct out *out, const struct statement *statement) {
    const bool has_params = statement->params.count > 0;
    if (has_params) {
        emit_params(out, statement);
    }
    out_printf(out, "MUST_CHECK enum err sql_%s%s(struct tx *tx", statement->name,
               has_params ? "_" : "");
    emit_results(out, statement, true, "", "");
    if (has_params) {
        out_printf(out, ", const struct sql_%s_params *params", statement->name);
    }
    out_printf(out, ");\n");
    if (has_params) {
        emit_macro(out, statement);
    }
}

static const char *note_of(const struct statement *statement) {
    switch (statement->kind) {
    case KIND_ONE:
        return " ERR_NOT_FOUND without a row.";
    case KIND_OPT:
        return " Without a row `*found` is false and the result zeroed.";
    case KIND_MANY:
    case KIND_EXEC:
    case KIND_AFFECTED:
    case KIND_COPY:
        break;
    }
    return "";
}

static void emit_statement(struct out *out, const struct statement *statement) {
    emit_comment(out, heap_printf(out->heap, "%s%s (%s/%s.sql)", statement->description,
                                  note_of(statement), statement->room, statement->name));
    if (statement->kind == KIND_COPY) {
        out_printf(out, "extern const struct sql SQL_");
        out_upper(out, statement->name);
        out_printf(out, ";\n");
    } else {
        emit_function(out, statement);
    }
    out_printf(out, "\n");
}

void emit_header(struct out *out, const struct statement *statements, size_t count) {
    out_printf(out,
               "/* Generated by sqlgen from sql/queries/%s. */\n"
               "#ifndef GUICHET_SQL_",
               statements[0].room);
    out_upper(out, statements[0].room);
    out_printf(out, "_H\n#define GUICHET_SQL_");
    out_upper(out, statements[0].room);
    out_printf(out, "_H\n#include \"engine/statement.h\"\n\n");
    for (size_t i = 0; i < count; i++) {
        const struct statement *statement = &statements[i];
        if (statement->row_owner == statement) {
            emit_row(out, statement);
        } else if (statement->row_owner != NULL &&
                   strcmp(statement->row_owner->room, statement->room) != 0) {
            out_printf(out, "struct %s; /* sql/%s.h */\n", statement->row_name,
                       statement->row_owner->room);
        }
    }
    for (size_t i = 0; i < count; i++) {
        emit_statement(out, &statements[i]);
    }
    out_printf(out, "#endif\n");
}
