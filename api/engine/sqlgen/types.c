#include "engine/sqlgen/sqlgen.h"
#include <string.h>

#define TEXT_TYPE(name_) {name_, "SQL_TEXT", "const char *", "struct nullable_text "}
#define INT_TYPE(name_) {name_, "SQL_INT", "int64_t ", "struct nullable_int "}
#define FLOAT_TYPE(name_) {name_, "SQL_FLOAT", "double ", "struct nullable_float "}

static const struct sql_type TYPES[] = {
    TEXT_TYPE("text"),
    TEXT_TYPE("uuid"),
    TEXT_TYPE("json"),
    TEXT_TYPE("jsonb"),
    TEXT_TYPE("timestamptz"),
    TEXT_TYPE("date"),
    TEXT_TYPE("interval"),
    TEXT_TYPE("inet"),
    TEXT_TYPE("cidr"),
    TEXT_TYPE("numeric"),
    TEXT_TYPE("name"),
    TEXT_TYPE("bpchar"),
    INT_TYPE("int2"),
    INT_TYPE("int4"),
    INT_TYPE("int8"),
    FLOAT_TYPE("float4"),
    FLOAT_TYPE("float8"),
    {"bool", "SQL_BOOL", "bool ", "struct nullable_bool "},
    {"bytea", "SQL_BYTES", "struct bytes ", "struct nullable_bytes "},
};
enum { TYPES_COUNT = sizeof TYPES / sizeof TYPES[0] };

const struct sql_type *type_find(const char *name, bool is_array) {
    for (size_t i = 0; i < TYPES_COUNT; i++) {
        if (strcmp(TYPES[i].name, name) == 0) {
            /* An array travels in PostgreSQL's text form: {a,b}. */
            return is_array ? &TYPES[0] : &TYPES[i];
        }
    }
    return NULL;
}

const char *type_names(struct heap *heap) {
    struct out out = {.heap = heap};
    for (size_t i = 0; i < TYPES_COUNT; i++) {
        out_printf(&out, "%s%s", i > 0 ? " " : "", TYPES[i].name);
    }
    return out.text;
}

bool is_c_keyword(const char *name) {
    static const char *const KEYWORDS[] = {
        "auto",   "bool",     "break",    "case",    "char",   "const",    "continue", "default",
        "do",     "double",   "else",     "enum",    "extern", "false",    "float",    "for",
        "goto",   "if",       "inline",   "int",     "long",   "register", "restrict", "return",
        "short",  "signed",   "sizeof",   "static",  "struct", "switch",   "true",     "typedef",
        "typeof", "unsigned", "volatile", "nullptr", "void",   "union",    "while",
    };
    for (size_t i = 0; i < sizeof KEYWORDS / sizeof KEYWORDS[0]; i++) {
        if (strcmp(KEYWORDS[i], name) == 0) {
            return true;
        }
    }
    return false;
}
