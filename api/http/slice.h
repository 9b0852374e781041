#ifndef GUICHET_HTTP_SLICE_H
#define GUICHET_HTTP_SLICE_H
/* One page of a list that is in memory as a whole; its cursor is the place of the first item. */
#include "base/value.h"
#include "http/exchange.h"

struct slice {
    int64_t limit;
    int64_t first;
    int64_t seen;
    struct value *items;
};

/* Reads limit and cursor of the query; false where one is wrong, with a field error for each. */
bool slice_start(struct exchange *exchange, struct slice *slice);
/* Adds the next item of the list where it belongs to the page. */
void slice_add(struct exchange *exchange, struct slice *slice, struct value *item);
/* Answers 200 with {items, next_cursor}. */
MUST_CHECK enum err slice_answer(struct exchange *exchange, const struct slice *slice);

#endif
