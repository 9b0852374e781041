#ifndef GUICHET_COMMANDS_SEEN_ROWS_H
#define GUICHET_COMMANDS_SEEN_ROWS_H
/* What an import has met in earlier rows of its file: numbers, ids, addresses. A dry run, which keeps no row, says by it
 * what the run would say. One thread uses it. */
#include "base/arena.h"
#include "base/map.h"

struct seen_rows {
    struct arena *arena; /* of the whole import */
    struct map map;
};

/* Empty; for at most `most` texts, those behind them count as not seen. */
void seen_rows_init(struct seen_rows *seen, struct arena *arena, size_t most);
void seen_rows_clear(struct seen_rows *seen);
/* The row in which the text was met first; `row`, which is kept, where that is now. Compares bytes. */
int64_t seen_rows_meet(struct seen_rows *seen, const char *text, int64_t row);
bool seen_rows_have(const struct seen_rows *seen, const char *text);

#endif
