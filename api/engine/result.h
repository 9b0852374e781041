#ifndef GUICHET_ENGINE_RESULT_H
#define GUICHET_ENGINE_RESULT_H
/* Inside the engine only: from the structs of a signature to libpq's parameters, and back. */
#include "engine/tx.h"
#include <libpq-fe.h>

enum { PARAMS_MAX = 40 };

/* A parameter as libpq takes it. */
enum param_kind { PARAM_NULL, PARAM_TEXT, PARAM_INTEGER, PARAM_BYTES };
struct param {
    enum param_kind kind;
    const char *text; /* TEXT or BYTES */
    size_t length;    /* BYTES */
    int64_t integer;
};
/* Borrows the text. NULL gives SQL NULL. */
static inline struct param param_text(const char *text) {
    return (struct param){.kind = PARAM_TEXT, .text = text};
}
static inline struct param param_integer(int64_t integer) {
    return (struct param){.kind = PARAM_INTEGER, .integer = integer};
}
static inline struct param param_boolean(bool flag) {
    return param_text(flag ? "t" : "f");
}
/* Borrows the bytes. */
static inline struct param param_bytes(const void *bytes, size_t length) {
    return (struct param){.kind = PARAM_BYTES, .text = bytes, .length = length};
}
static inline struct param param_null(void) {
    return (struct param){.kind = PARAM_NULL};
}

/* The result of a statement, in the arena. */
struct sql_result {
    size_t count;
    void *rows;      /* count × sql->row_size */
    size_t affected; /* rows inserted, updated or deleted */
};

/* ERR_INTERNAL, logged, for NULL in a parameter that may not be NULL. */
MUST_CHECK enum err result_bind(struct arena *arena, const struct sql *sql, const void *params,
                                struct param out[PARAMS_MAX]);
/* ERR_INTERNAL, logged, for other columns than those of the signature, NULL in one that has none, or
 * a value that is not of its type. */
MUST_CHECK enum err result_read(struct arena *arena, const struct sql *sql, const PGresult *result,
                                struct sql_result *out);
/* Logs that statement and signature disagree; ERR_INTERNAL. `member`: the parameter or column. */
MUST_CHECK enum err result_mismatch(const struct sql *sql, const char *member, const char *problem);

#endif
