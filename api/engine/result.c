#include "engine/result.h"
#include "base/log.h"
#include "base/text.h"
#include "engine/statement.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum err result_mismatch(const struct sql *sql, const char *member, const char *problem) {
    log_error(LOG_STATEMENT_MISMATCH, LOG_TEXT("query", sql->name), LOG_TEXT("member", member),
              LOG_TEXT("problem", problem));
    char cause[128];
    (void)snprintf(cause, sizeof cause, "statement %s and its signature disagree on %s", sql->name,
                   member);
    return err_internal(cause);
}

/* --- Parameters ------------------------------------------------------------------------------- */

static struct param bytes_param(const struct bytes *bytes) {
    return bytes->data == NULL ? param_null() : param_bytes(bytes->data, bytes->length);
}

static struct param float_param(struct arena *arena, double number) {
    return param_text(arena_printf(arena, "%.17g", number));
}

static struct param bind_nullable(struct arena *arena, enum sql_field field, const void *value) {
    switch (field) {
    case SQL_TEXT: /* a pointer says NULL itself */
        return param_text(*(const char *const *)value);
    case SQL_INT: {
        const struct nullable_int *number = value;
        return number->has_value ? param_integer(number->value) : param_null();
    }
    case SQL_FLOAT: {
        const struct nullable_float *number = value;
        return number->has_value ? float_param(arena, number->value) : param_null();
    }
    case SQL_BOOL: {
        const struct nullable_bool *flag = value;
        return flag->has_value ? param_boolean(flag->value) : param_null();
    }
    case SQL_BYTES: {
        const struct nullable_bytes *bytes = value;
        return bytes->has_value ? bytes_param(&bytes->value) : param_null();
    }
    }
    return param_null();
}

static struct param bind_value(struct arena *arena, enum sql_field field, const void *value) {
    switch (field) {
    case SQL_TEXT:
        return param_text(*(const char *const *)value);
    case SQL_INT:
        return param_integer(*(const int64_t *)value);
    case SQL_FLOAT:
        return float_param(arena, *(const double *)value);
    case SQL_BOOL:
        return param_boolean(*(const bool *)value);
    case SQL_BYTES:
        return bytes_param(value);
    }
    return param_null();
}

static bool is_null_param(const struct param *param) {
    return param->kind == PARAM_NULL || (param->kind != PARAM_INTEGER && param->text == NULL);
}

enum err result_bind(struct arena *arena, const struct sql *sql, const void *params,
                     struct param out[PARAMS_MAX]) {
    for (size_t i = 0; i < sql->params_count; i++) {
        const struct sql_member *member = &sql->params[i];
        const void *value = (const char *)params + member->offset;
        out[i] = member->null == SQL_NULLABLE ? bind_nullable(arena, member->field, value)
                                              : bind_value(arena, member->field, value);
        if (member->null != SQL_NULLABLE && is_null_param(&out[i])) {
            return result_mismatch(sql, member->name, "parameter is NULL");
        }
    }
    return ERR_NONE;
}

/* --- Columns ---------------------------------------------------------------------------------- */

static unsigned char hex_digit(char c) {
    return (unsigned char)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* From "\x…". */
static bool read_bytes(struct arena *arena, const char *text, struct bytes *out) {
    if (text[0] != '\\' || text[1] != 'x') {
        return false;
    }
    const size_t length = (strlen(text) - 2) / 2;
    unsigned char *data = arena_alloc(arena, length + 1);
    for (size_t i = 0; i < length; i++) {
        data[i] = (unsigned char)(hex_digit(text[2 + 2 * i]) << 4 | hex_digit(text[3 + 2 * i]));
    }
    *out = (struct bytes){.data = data, .length = length};
    return true;
}

static bool read_float(const char *text, double *out) {
    char *end = NULL;
    *out = strtod(text, &end);
    return end != text && *end == '\0';
}

static bool read_int(const char *text, int64_t *out) {
    return text_parse_integer(text, INT64_MIN + 1, INT64_MAX, out);
}

static bool read_bool(const char *text, bool *out) {
    *out = *text == 't';
    return *text == 't' || *text == 'f';
}

static bool read_nullable(struct arena *arena, enum sql_field field, const char *text, void *out) {
    switch (field) {
    case SQL_TEXT:
        ((struct nullable_text *)out)->or_null = arena_strdup(arena, text);
        return true;
    case SQL_INT:
        ((struct nullable_int *)out)->has_value = true;
        return read_int(text, &((struct nullable_int *)out)->value);
    case SQL_FLOAT:
        ((struct nullable_float *)out)->has_value = true;
        return read_float(text, &((struct nullable_float *)out)->value);
    case SQL_BOOL:
        ((struct nullable_bool *)out)->has_value = true;
        return read_bool(text, &((struct nullable_bool *)out)->value);
    case SQL_BYTES:
        ((struct nullable_bytes *)out)->has_value = true;
        return read_bytes(arena, text, &((struct nullable_bytes *)out)->value);
    }
    return false;
}

static bool read_value(struct arena *arena, enum sql_field field, const char *text, void *out) {
    switch (field) {
    case SQL_TEXT:
        *(const char **)out = arena_strdup(arena, text);
        return true;
    case SQL_INT:
        return read_int(text, out);
    case SQL_FLOAT:
        return read_float(text, out);
    case SQL_BOOL:
        return read_bool(text, out);
    case SQL_BYTES:
        return read_bytes(arena, text, out);
    }
    return false;
}

/* Once per statement and process: later results of a prepared statement have the same columns. */
static enum err confirm_columns(const struct sql *sql, const PGresult *result) {
    if (atomic_load_explicit(&sql->state->is_confirmed, memory_order_relaxed)) {
        return ERR_NONE;
    }
    const size_t count = (size_t)PQnfields(result);
    for (size_t i = 0; i < sql->columns_count; i++) {
        const char *name = i < count ? PQfname(result, (int)i) : "";
        if (strcmp(name, sql->columns[i].name) != 0) {
            return result_mismatch(sql, sql->columns[i].name, "column is not at its place");
        }
    }
    if (count != sql->columns_count) {
        return result_mismatch(sql, "", "more columns than in the signature");
    }
    atomic_store_explicit(&sql->state->is_confirmed, true, memory_order_relaxed);
    return ERR_NONE;
}

/* Into a zeroed row. */
static enum err read_row(struct arena *arena, const struct sql *sql, const PGresult *result,
                         int row, char *out) {
    for (size_t i = 0; i < sql->columns_count; i++) {
        const struct sql_member *column = &sql->columns[i];
        if (PQgetisnull(result, row, (int)i) != 0) {
            if (column->null != SQL_NULLABLE) {
                return result_mismatch(sql, column->name, "column is NULL");
            }
            continue;
        }
        const char *text = PQgetvalue(result, row, (int)i);
        const bool is_read = column->null == SQL_NULLABLE
                                 ? read_nullable(arena, column->field, text, out + column->offset)
                                 : read_value(arena, column->field, text, out + column->offset);
        if (!is_read) {
            return result_mismatch(sql, column->name, "column is not of its type");
        }
    }
    return ERR_NONE;
}

enum err result_read(struct arena *arena, const struct sql *sql, const PGresult *result,
                     struct sql_result *out) {
    out->affected = (size_t)strtoul(PQcmdTuples((PGresult *)result), NULL, 10);
    if (sql->columns_count == 0) {
        return ERR_NONE;
    }
    TRY(confirm_columns(sql, result));
    const size_t count = (size_t)PQntuples(result);
    char *rows = arena_alloc(arena, sql->row_size * count + 1);
    for (size_t i = 0; i < count; i++) {
        TRY(read_row(arena, sql, result, (int)i, rows + i * sql->row_size));
    }
    out->rows = rows;
    out->count = count;
    return ERR_NONE;
}
