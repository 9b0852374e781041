#include "core/sealed.h"
#include "base/json.h"
#include "security/seal.h"
#include "sql/core.h"
#include <string.h>
#include <time.h>

enum { TRIES = 30 };

/* The two statements of each column. */
#define SEALED(name, column, batch)                                                                \
    static enum err list_##name(struct tx *tx, const char *after, struct sealed_value **rows,      \
                                size_t *count) {                                                   \
        return sql_sealed_list_##name(tx, rows, count, .after = after, .limit = (batch));          \
    }                                                                                              \
    static enum err set_##name(struct tx *tx, const char *values, size_t *affected) {              \
        return sql_sealed_set_##name(tx, affected, .values = values);                              \
    }
#include "core/sealed.def"
#undef SEALED

static const struct {
    const char *name;
    size_t batch;
    enum err (*list)(struct tx *tx, const char *after, struct sealed_value **rows, size_t *count);
    enum err (*set)(struct tx *tx, const char *values, size_t *affected);
} COLUMNS[SEALED_COLUMNS_COUNT] = {
#define SEALED(name, column, batch) [SEALED_##name] = {(column), (batch), list_##name, set_##name},
#include "core/sealed.def"
#undef SEALED
};

const char *sealed_column_name(enum sealed_column column) {
    return COLUMNS[column].name;
}

/* A walk through a column. */
struct walk {
    struct pool *pool;
    const struct seal_key *keys;
    struct arena *arena; /* of what outlives a batch */
    enum sealed_column column;
    bool renews;
    char *after; /* NULL: from the first row on */
    struct sealed_count *count;
};

/* Adds a value to `news` where only another than the first key opens it. */
static void look_at(const struct walk *walk, struct arena *arena, const struct sealed_value *row,
                    struct value *news) {
    struct sealed_count *count = walk->count;
    struct seal_key first = *walk->keys;
    unsigned char *secret = NULL;
    size_t length = 0;
    first.former = NULL;
    if (seal_open(arena, walk->keys, row->context, row->sealed, &secret, &length) != ERR_NONE) {
        count->unopened_count++;
        count->unopened =
            count->unopened == NULL ? arena_strdup(walk->arena, row->context) : count->unopened;
        return;
    }
    count->opened_count++;
    if (!walk->renews || seal_open(arena, &first, row->context, row->sealed, &(unsigned char *){0},
                                   &(size_t){0}) == ERR_NONE) {
        return;
    }
    struct value *one = value_object(arena);
    value_set_text(arena, one, "key", row->key);
    value_set_text(arena, one, "former", row->sealed);
    value_set_text(arena, one, "sealed",
                   seal_close(arena, walk->keys, row->context, secret, length));
    value_push(news, one);
}

/* One batch. `*is_over`: it was the last one. */
static enum err step(struct walk *walk, bool *is_over) {
    ARENA_AUTO(arena);
    const struct sealed_count before = *walk->count;
    struct sealed_value *rows = NULL;
    struct value *news = value_array(&arena);
    size_t count = 0;
    size_t renewed = 0;
    struct tx read = tx_once(walk->pool, &arena, IDENTITY_SYSTEM, TX_READ);
    TRY(COLUMNS[walk->column].list(&read, walk->after, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        look_at(walk, &arena, &rows[i], news);
    }
    if (value_count(news) > 0) {
        struct tx write = tx_once(walk->pool, &arena, IDENTITY_SYSTEM, TX_WRITE);
        const enum err err = COLUMNS[walk->column].set(&write, json_text(&arena, news), &renewed);
        if (err != ERR_NONE) {
            *walk->count = before;
            return err;
        }
    }
    walk->count->renewed_count += (int64_t)renewed;
    *is_over = count < COLUMNS[walk->column].batch;
    if (count > 0) {
        walk->after = arena_strdup(walk->arena, rows[count - 1].key);
    }
    return ERR_NONE;
}

/* Waits for a database that is away, or a row that somebody else changes. */
static enum err step_patiently(struct walk *walk, bool *is_over) {
    enum err err = step(walk, is_over);
    for (size_t tries = 1; err == ERR_UNAVAILABLE && walk->renews && tries < TRIES; tries++) {
        (void)nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
        err = step(walk, is_over);
    }
    return err;
}

enum err sealed_open_column(struct pool *pool, const struct seal_key *keys, struct arena *arena,
                            enum sealed_column column, bool is_sample, struct sealed_count *count) {
    struct walk walk = {
        .pool = pool, .keys = keys, .arena = arena, .column = column, .count = count};
    *count = (struct sealed_count){0};
    for (bool is_over = false; !is_over;) {
        TRY(step(&walk, &is_over));
        is_over = is_over || is_sample;
    }
    return ERR_NONE;
}

enum err
sealed_renew_column(const struct services *services, struct arena *arena, enum sealed_column column,
                    void (*progress)(enum sealed_column column, const struct sealed_count *count),
                    struct sealed_count *count) {
    struct walk walk = {.pool = services->pool,
                        .keys = services->master_key,
                        .arena = arena,
                        .column = column,
                        .renews = true,
                        .count = count};
    *count = (struct sealed_count){0};
    for (bool is_over = false; !is_over;) {
        TRY(step_patiently(&walk, &is_over));
        progress(column, count);
    }
    return ERR_NONE;
}
