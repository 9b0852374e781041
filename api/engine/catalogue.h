#ifndef GUICHET_ENGINE_CATALOGUE_H
#define GUICHET_ENGINE_CATALOGUE_H
/* What the generator writes (sqlgen/README.md): statements with their signatures, migrations,
 * functions, policies, roles.sql. Constant; thread-safe. */
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* How a value is kept in C: const char *, int64_t, double, bool, struct bytes. */
enum sql_field { SQL_TEXT, SQL_INT, SQL_FLOAT, SQL_BOOL, SQL_BYTES };
/* SQL_ENSURED: the table allows NULL, the statement does not return it. */
enum sql_null { SQL_NOT_NULL, SQL_NULLABLE, SQL_ENSURED };

/* A parameter or a column of a signature. */
struct sql_member {
    const char *name;
    const char *type; /* as in pg_type; of an array: with `[]` */
    enum sql_field field;
    enum sql_null null;
    size_t offset; /* in the struct of the parameters or of the row */
};

/* What this process knows of a statement. Zeroed at first. */
struct sql_state {
    atomic_size_t id;         /* 0: not used yet */
    atomic_bool is_confirmed; /* a result had the columns of the signature */
};

struct sql {
    const char *name; /* "token/lock": path below sql/queries */
    const char *text;
    struct sql_state *state;
    const struct sql_member *params;
    const struct sql_member *columns;
    size_t params_count;
    size_t columns_count;
    size_t row_size; /* of the struct of a row, or of a scalar */
};

struct migration {
    int version;
    const char *name;
    const char *text;
};

/* A function or the policies of a table, as they are now: replayed when the text changed. */
struct schema_text {
    const char *name; /* "functions/token_json" */
    const char *text;
};

/* Every statement, in the order of the files; NULL at the end. */
extern const struct sql *const SQL_ALL[];
extern const struct migration MIGRATIONS[];
extern const size_t MIGRATIONS_COUNT;
extern const struct schema_text SCHEMA_TEXTS[];
extern const size_t SCHEMA_TEXTS_COUNT;
extern const char SQL_ROLES[];

#endif
