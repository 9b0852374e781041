#ifndef GUICHET_ENGINE_SQLGEN_SQLGEN_H
#define GUICHET_ENGINE_SQLGEN_SQLGEN_H
/* The generator of typed SQL: reads the signature at the head of each query file, checks it, writes C.
 * Runs on the machine that builds, once per build, in one thread; libc only. What it does and how a
 * statement is written: README.md. Everything it allocates lives in one `struct heap`. */
#include <stdbool.h>
#include <stddef.h>

/* --- heap.c: heap, text, mistakes -------------------------------------------------------- */

struct heap {
    struct heap_block *blocks;
};

/* Zeroed. Never NULL: without memory the generator ends. */
void *heap_alloc(struct heap *heap, size_t size);
char *heap_strndup(struct heap *heap, const char *text, size_t length);
char *heap_printf(struct heap *heap, const char *format, ...) __attribute__((format(printf, 2, 3)));
void heap_free(struct heap *heap);

/* A text that grows. `text` is NUL-terminated, or NULL while nothing was added. */
struct out {
    struct heap *heap;
    char *text;
    size_t length;
    size_t capacity;
};

void out_printf(struct out *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* As a C string literal, one line of source for each line of text. */
void out_literal(struct out *out, const char *text);
/* Upper case. */
void out_upper(struct out *out, const char *text);

/* Mistakes found, one line each: "file:line: what is wrong: what to write". */
struct mistakes {
    struct out text;
    size_t count;
};

void mistake(struct mistakes *mistakes, const char *path, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* --- types.c: what the types of SQL are in C -------------------------------------------------- */

struct sql_type {
    const char *name;     /* as in pg_type, without `[]` */
    const char *field;    /* enum sql_field in engine/statement.h */
    const char *c;        /* "const char *" */
    const char *nullable; /* "struct nullable_text " */
};

/* NULL where the generator knows no such type. */
const struct sql_type *type_find(const char *name, bool is_array);
/* Every name that type_find knows, separated by blanks. */
const char *type_names(struct heap *heap);
bool is_c_keyword(const char *name);

/* --- lexer.c: the words of a signature -------------------------------------------------------- */

enum token_kind {
    TOKEN_END,
    TOKEN_KIND,    /* :one */
    TOKEN_WORD,    /* a name, of a member or a type */
    TOKEN_SYMBOL,  /* ( ) , ? ! [] -> */
    TOKEN_COMMENT, /* "-- text" behind a member */
    TOKEN_WRONG,
};

struct token {
    enum token_kind kind;
    const char *text;
    int line;
};

struct lexer {
    struct heap *heap;
    const char *at;  /* in the header: lines that begin with "--" */
    const char *end; /* of the header */
    int line;
};

struct token lexer_next(struct lexer *lexer);

/* --- signature.c: from a file to a statement -------------------------------------------------- */

enum kind { KIND_ONE, KIND_OPT, KIND_MANY, KIND_EXEC, KIND_AFFECTED, KIND_COPY };
enum result { RESULT_NONE, RESULT_SCALAR, RESULT_ROW, RESULT_ROW_REFERENCE };

/* A parameter or a column. */
struct sql_member {
    const char *name;
    const char *type_name;       /* as it is written, with `[]` */
    const struct sql_type *type; /* of an array: that of text */
    const char *comment;         /* "" without */
    bool is_nullable;            /* ? */
    bool is_ensured;             /* ! */
};

struct sql_members {
    struct sql_member *items;
    size_t count;
};

struct statement {
    const char *path;        /* as it is named to people */
    const char *room;        /* the folder below sql/queries */
    const char *name;        /* the file, without .sql: the function is sql_<name> */
    const char *description; /* the sentences before the signature */
    const char *text;        /* what is sent: without the header */
    int text_line;           /* where it begins */
    int signature_line;
    enum kind kind;
    enum result result;
    const char *row_name; /* or the name of a scalar */
    struct sql_members params;
    struct sql_members columns;
    const struct statement *row_owner; /* whose header defines the row; after statements_check */
};

struct statements {
    struct statement *items;
    size_t count;
};

/* Reads one file. False, with a mistake noted, where its header has no signature, or a wrong one. */
bool statement_parse(struct heap *heap, struct mistakes *mistakes, const char *content,
                     struct statement *statement);

/* --- check.c ---------------------------------------------------------------------------------- */

/* What one file cannot show: placeholders that fit, rows declared once, names that clash. */
void statements_check(struct statements *statements, struct mistakes *mistakes);

/* --- emit_header.c, emit_source.c ------------------------------------------------------------- */

/* `statements`: those of one room. */
void emit_header(struct out *out, const struct statement *statements, size_t count);
void emit_source(struct out *out, const struct statement *statements, size_t count);

struct migration_file {
    int version;
    const char *name;
    const char *text;
};
struct migration_files {
    struct migration_file *items;
    size_t count;
};
/* SQL_ALL, the migrations, the texts of functions and policies (their version is 0), roles.sql. */
void emit_catalogue(struct out *out, const struct statements *statements,
                    const struct migration_files *migrations, const struct migration_files *texts,
                    const char *roles);

#endif
