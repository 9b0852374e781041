#ifndef GUICHET_HTTP_SLICE_H
#define GUICHET_HTTP_SLICE_H
/* A page of a list that is in memory as a whole; the cursor is the position of its first item. One
 * thread uses a slice. */
#include "base/value.h"
#include "http/exchange.h"

struct slice {
    int64_t limit;
    int64_t first;
    int64_t seen;
    struct value *items;
};

/* Reads limit and cursor of the query. False, with a field error for each, where one is wrong. */
bool slice_start(struct exchange *exchange, struct slice *slice);
/* Adds the next item of the list where it belongs to the page. */
void slice_add(struct slice *slice, struct value *item);
/* Answers 200 with {items, next_cursor}. */
MUST_CHECK enum err slice_answer(struct exchange *exchange, const struct slice *slice);

#endif
