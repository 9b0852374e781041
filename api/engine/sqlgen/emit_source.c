#include "engine/sqlgen/sqlgen.h"
#include <string.h>

/* SQL_<NAME>. */
static void emit_symbol(struct out *out, const struct statement *statement) {
    out_printf(out, "SQL_");
    out_upper(out, statement->name);
}

static const char *null_of(const struct sql_member *member) {
    if (member->is_nullable) {
        return "SQL_NULLABLE";
    }
    return member->is_ensured ? "SQL_ENSURED" : "SQL_NOT_NULL";
}

/* `container`: the struct, or NULL for a scalar. */
static void emit_members(struct out *out, const struct statement *statement, const char *suffix,
                         const struct sql_members *members, const char *container) {
    if (members->count == 0) {
        return;
    }
    out_printf(out, "static const struct sql_member ");
    emit_symbol(out, statement);
    out_printf(out, "_%s[] = {\n", suffix);
    for (size_t i = 0; i < members->count; i++) {
        const struct sql_member *member = &members->items[i];
        out_printf(out, "    {\"%s\", \"%s\", %s, %s, ", member->name, member->type_name,
                   member->type->field, null_of(member));
        if (container != NULL) {
            out_printf(out, "offsetof(struct %s, %s)},\n", container, member->name);
        } else {
            out_printf(out, "0},\n");
        }
    }
    out_printf(out, "};\n");
}

static const char *scalar_type(const struct statement *statement) {
    const struct sql_member *column = &statement->columns.items[0];
    return column->is_nullable ? column->type->nullable : column->type->c;
}

static void emit_row_size(struct out *out, const struct statement *statement) {
    if (statement->columns.count == 0) {
        return;
    }
    if (statement->result == RESULT_SCALAR) {
        out_printf(out, "    .row_size = sizeof(%s),\n", scalar_type(statement));
    } else {
        out_printf(out, "    .row_size = sizeof(struct %s),\n", statement->row_name);
    }
}

static void emit_list(struct out *out, const struct statement *statement, const char *field,
                      const char *suffix, size_t count) {
    if (count > 0) {
        out_printf(out, "    .%s = ", field);
        emit_symbol(out, statement);
        out_printf(out, "_%s,\n    .%s_count = %zu,\n", suffix, field, count);
    }
}

static void emit_definition(struct out *out, const struct statement *statement) {
    out_printf(out, "static struct sql_state ");
    emit_symbol(out, statement);
    out_printf(out, "_STATE;\nextern const struct sql ");
    emit_symbol(out, statement);
    out_printf(out, ";\nconst struct sql ");
    emit_symbol(out, statement);
    out_printf(out, " = {\n    .name = \"%s\",\n    .state = &", statement->name);
    emit_symbol(out, statement);
    out_printf(out, "_STATE,\n");
    emit_list(out, statement, "params", "PARAMS", statement->params.count);
    emit_list(out, statement, "columns", "COLUMNS", statement->columns.count);
    emit_row_size(out, statement);
    out_printf(out, "    .text =\n    ");
    out_literal(out, statement->text);
    out_printf(out, ",\n};\n");
}

/* The type of what a statement returns, with what stands before a name. */
static const char *row_type(struct out *out, const struct statement *statement) {
    return statement->result == RESULT_SCALAR
               ? scalar_type(statement)
               : heap_printf(out->heap, "struct %s ", statement->row_name);
}

static void emit_call(struct out *out, const struct statement *statement, const char *function,
                      const char *results) {
    out_printf(out, "%s(tx, &", function);
    emit_symbol(out, statement);
    out_printf(out, ", %s%s);\n", statement->params.count > 0 ? "params" : "NULL", results);
}

/* An array is handed out through a pointer of its own type: `void **` would alias it. */
static void emit_many(struct out *out, const struct statement *statement) {
    const char *type = row_type(out, statement);
    out_printf(out, ", %s**rows, size_t *count", type);
    out_printf(
        out, "%s",
        statement->params.count > 0
            ? heap_printf(out->heap, ", const struct sql_%s_params *params) {\n", statement->name)
            : ") {\n");
    out_printf(out, "    void *items = NULL;\n    const enum err err = ");
    emit_call(out, statement, "sql_many", ", &items, count");
    out_printf(out, "    *rows = items;\n    return err;\n}\n");
}

static void emit_simple(struct out *out, const struct statement *statement, const char *function,
                        const char *declared, const char *passed) {
    out_printf(out, "%s", declared);
    if (statement->params.count > 0) {
        out_printf(out, ", const struct sql_%s_params *params", statement->name);
    }
    out_printf(out, ") {\n    return ");
    emit_call(out, statement, function, passed);
    out_printf(out, "}\n");
}

static void emit_function(struct out *out, const struct statement *statement) {
    struct heap *heap = out->heap;
    out_printf(out, "\nenum err sql_%s%s(struct tx *tx", statement->name,
               statement->params.count > 0 ? "_" : "");
    switch (statement->kind) {
    case KIND_ONE:
        emit_simple(out, statement, "sql_one",
                    heap_printf(heap, ", %s*row", row_type(out, statement)), ", row");
        break;
    case KIND_OPT:
        emit_simple(out, statement, "sql_opt",
                    heap_printf(heap, ", bool *found, %s*row", row_type(out, statement)),
                    ", found, row");
        break;
    case KIND_MANY:
        emit_many(out, statement);
        break;
    case KIND_AFFECTED:
        emit_simple(out, statement, "sql_affected", ", size_t *affected", ", affected");
        break;
    case KIND_EXEC:
        emit_simple(out, statement, "sql_exec", "", "");
        break;
    case KIND_COPY:
        break;
    }
}

static void emit_includes(struct out *out, const struct statement *statements, size_t count) {
    out_printf(out,
               "/* Generated by sqlgen from sql/queries/%s. */\n#include \"sql/%s.h\"\n"
               "#include <stddef.h>\n",
               statements[0].room, statements[0].room);
    for (size_t i = 0; i < count; i++) {
        const struct statement *owner = statements[i].row_owner;
        if (owner != NULL && strcmp(owner->room, statements[0].room) != 0) {
            out_printf(out, "#include \"sql/%s.h\"\n", owner->room);
        }
    }
}

void emit_source(struct out *out, const struct statement *statements, size_t count) {
    emit_includes(out, statements, count);
    for (size_t i = 0; i < count; i++) {
        const struct statement *statement = &statements[i];
        const bool is_function = statement->kind != KIND_COPY;
        const char *params = heap_printf(out->heap, "sql_%s_params", statement->name);
        out_printf(out, "\n");
        emit_members(out, statement, "PARAMS", &statement->params, params);
        emit_members(out, statement, "COLUMNS", &statement->columns,
                     statement->result == RESULT_SCALAR ? NULL : statement->row_name);
        emit_definition(out, statement);
        if (is_function) {
            emit_function(out, statement);
        }
    }
}

void emit_catalogue(struct out *out, const struct statements *statements,
                    const struct migration_files *migrations, const struct migration_files *texts,
                    const char *roles) {
    out_printf(out, "/* Generated by sqlgen from sql/. */\n#include \"engine/catalogue.h\"\n\n");
    for (size_t i = 0; i < statements->count; i++) {
        out_printf(out, "extern const struct sql ");
        emit_symbol(out, &statements->items[i]);
        out_printf(out, ";\n");
    }
    out_printf(out, "\nconst struct sql *const SQL_ALL[] = {\n");
    for (size_t i = 0; i < statements->count; i++) {
        out_printf(out, "    &");
        emit_symbol(out, &statements->items[i]);
        out_printf(out, ",\n");
    }
    out_printf(out, "    NULL,\n};\n\nconst struct migration MIGRATIONS[] = {\n");
    for (size_t i = 0; i < migrations->count; i++) {
        const struct migration_file *file = &migrations->items[i];
        out_printf(out, "    {%d, \"%s\",\n    ", file->version, file->name);
        out_literal(out, file->text);
        out_printf(out, "},\n");
    }
    out_printf(out, "};\nconst size_t MIGRATIONS_COUNT = %zu;\n\n", migrations->count);
    out_printf(out, "const struct schema_text SCHEMA_TEXTS[] = {\n");
    for (size_t i = 0; i < texts->count; i++) {
        out_printf(out, "    {\"%s\",\n    ", texts->items[i].name);
        out_literal(out, texts->items[i].text);
        out_printf(out, "},\n");
    }
    out_printf(out, "};\nconst size_t SCHEMA_TEXTS_COUNT = %zu;\n\nconst char SQL_ROLES[] =\n    ",
               texts->count);
    out_literal(out, roles);
    out_printf(out, ";\n");
}
