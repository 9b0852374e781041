#ifndef GUICHET_CORE_SEALED_H
#define GUICHET_CORE_SEALED_H
/* What the master key sealed in the database, column by column (sealed.def): opened to prove a copy, sealed anew
 * with the first of the given keys after a change of the master key. Rows are read in batches; nothing of the program
 * waits for it. */
#include "core/context.h"

enum sealed_column {
#define SEALED(name, column, batch) SEALED_##name,
#include "core/sealed.def"
#undef SEALED
    SEALED_COLUMNS_COUNT
};

struct sealed_count {
    int64_t opened_count;
    int64_t renewed_count;  /* of those, sealed anew by this call */
    int64_t unopened_count; /* with none of the given keys */
    const char *unopened;   /* one of them: what it is and whose; in the arena. NULL: none */
};

/* "token.sealed_jwt". Static text. */
const char *sealed_column_name(enum sealed_column column);
/* Opens the values of the column that `pool` holds, and changes nothing. `is_sample`: the first batch alone. */
MUST_CHECK enum err sealed_open_column(struct pool *pool, const struct seal_key *keys,
                                       struct arena *arena, enum sealed_column column,
                                       bool is_sample, struct sealed_count *count);
/* Seals anew what the first key does not open, a batch a transaction: what was done stays where this is cut. A value
 * that another program wrote meanwhile is left alone: run it until nothing is renewed. `progress`: called after each
 * batch; it may be slow. A batch that finds the database away or a row locked is tried again, 30 times. */
MUST_CHECK enum err
sealed_renew_column(const struct services *services, struct arena *arena, enum sealed_column column,
                    void (*progress)(enum sealed_column column, const struct sealed_count *count),
                    struct sealed_count *count);

#endif
