#include "engine/statement.h"
#include "engine/connection.h"
#include "engine/result.h"
#include <string.h>

static enum err run(struct tx *tx, const struct sql *sql, const void *params,
                    struct sql_result *result) {
    struct param bound[PARAMS_MAX];
    *result = (struct sql_result){0};
    const enum err err = result_bind(tx->arena, sql, params, bound);
    if (err != ERR_NONE) {
        tx->failed = true;
        return err;
    }
    return tx_send(
        tx, &(struct command){
                .sql = sql, .params = bound, .params_count = sql->params_count, .result = result});
}

enum err sql_opt(struct tx *tx, const struct sql *sql, const void *params, bool *found, void *row) {
    struct sql_result result;
    *found = false;
    memset(row, 0, sql->row_size);
    TRY(run(tx, sql, params, &result));
    if (result.count > 1) {
        tx->failed = true;
        return result_mismatch(sql, "", "more than one row");
    }
    if (result.count == 1) {
        memcpy(row, result.rows, sql->row_size);
        *found = true;
    }
    return ERR_NONE;
}

enum err sql_one(struct tx *tx, const struct sql *sql, const void *params, void *row) {
    bool found = false;
    TRY(sql_opt(tx, sql, params, &found, row));
    return found ? ERR_NONE : ERR_NOT_FOUND;
}

enum err sql_many(struct tx *tx, const struct sql *sql, const void *params, void **rows,
                  size_t *count) {
    struct sql_result result;
    *rows = NULL;
    *count = 0;
    TRY(run(tx, sql, params, &result));
    *rows = result.rows;
    *count = result.count;
    return ERR_NONE;
}

enum err sql_exec(struct tx *tx, const struct sql *sql, const void *params) {
    struct sql_result result;
    return run(tx, sql, params, &result);
}

enum err sql_affected(struct tx *tx, const struct sql *sql, const void *params, size_t *affected) {
    struct sql_result result;
    *affected = 0;
    TRY(run(tx, sql, params, &result));
    *affected = result.affected;
    return ERR_NONE;
}
