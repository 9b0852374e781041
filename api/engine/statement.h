#ifndef GUICHET_ENGINE_STATEMENT_H
#define GUICHET_ENGINE_STATEMENT_H
/* What the generated functions sql_<aggregate>_<verb> (sqlgen/README.md) are made of. A call names each
 * parameter of the statement, or does not compile:
 *
 *     TRY(sql_token_lock(&tx, &row, .token = id, .account = account_id));
 *
 * ERR_INTERNAL, with event statement_mismatch in the log: NULL where the signature has none, in a
 * parameter or in a column; other columns than those of the signature; two rows where one is declared.
 * Results live in the transaction's arena. As thread-safe as the transaction. */
#include "engine/tx.h"

/* --- NULL, seen by the compiler --------------------------------------------------------------- */

struct bytes {
    const unsigned char *data; /* NULL as a parameter of a type with `?`: NULL */
    size_t length;
};
struct nullable_text {
    const char *or_null;
};
/* Zeroed, each of these is NULL. `value` counts only with `has_value`. */
struct nullable_int {
    bool has_value;
    int64_t value;
};
struct nullable_float {
    bool has_value;
    double value;
};
struct nullable_bool {
    bool has_value;
    bool value;
};
struct nullable_bytes {
    bool has_value;
    struct bytes value;
};

/* For parameters: `.days = nullable_int(30)`, `.days = NULL_INT`. */
static inline struct nullable_int nullable_int(int64_t value) {
    return (struct nullable_int){.has_value = true, .value = value};
}
static inline struct nullable_bool nullable_bool(bool value) {
    return (struct nullable_bool){.has_value = true, .value = value};
}
static inline struct bytes bytes_of(const void *data, size_t length) {
    return (struct bytes){.data = data, .length = length};
}
#define NULL_INT ((struct nullable_int){.has_value = false})
#define NULL_BOOL ((struct nullable_bool){.has_value = false})
static inline int64_t nullable_int_or(struct nullable_int number, int64_t fallback) {
    return number.has_value ? number.value : fallback;
}

/* --- What the generated macros use ------------------------------------------------------------ */

#if defined(__has_attribute)
#if __has_attribute(designated_init)
#define SQL_BY_NAME __attribute__((designated_init))
#endif
#endif
#ifndef SQL_BY_NAME
#define SQL_BY_NAME
#endif

/* How many arguments, 1 to 40. */
#define SQL_ARITY(...)                                                                             \
    SQL_ARITY_(__VA_ARGS__, 40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24,    \
               23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1,  \
               0)
#define SQL_ARITY_(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17,     \
                   a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, \
                   a34, a35, a36, a37, a38, a39, a40, n, ...)                                      \
    n

/* The parameters by name, all of them: the initialisers are counted here, a name that occurs twice is
 * an error of -Woverride-init (-Winitializer-overrides). */
#define SQL_PARAMS(count, type, ...)                                                               \
    (&(const type){__VA_ARGS__} +                                                                  \
     0 * sizeof(struct {                                                                           \
         _Static_assert(SQL_ARITY(__VA_ARGS__) == (count),                                         \
                        "name every parameter of the statement, and each once");                   \
         char unused;                                                                              \
     }))

/* --- What the generated functions call -------------------------------------------------------- */

/* ERR_NOT_FOUND without a row. `row`: what the signature's row, or scalar, is in C. */
MUST_CHECK enum err sql_one(struct tx *tx, const struct sql *sql, const void *params, void *row);
/* Zeroes `row` where none is found. */
MUST_CHECK enum err sql_opt(struct tx *tx, const struct sql *sql, const void *params, bool *found,
                            void *row);
/* An array of `sql->row_size` each; not NULL where it is empty. */
MUST_CHECK enum err sql_many(struct tx *tx, const struct sql *sql, const void *params, void **rows,
                             size_t *count);
MUST_CHECK enum err sql_exec(struct tx *tx, const struct sql *sql, const void *params);
MUST_CHECK enum err sql_affected(struct tx *tx, const struct sql *sql, const void *params,
                                 size_t *affected);

#endif
