#include "http/slice.h"
#include "base/text.h"

bool slice_start(struct exchange *exchange, struct slice *slice) {
    const char *cursor = request_query(exchange, "cursor");
    *slice = (struct slice){.items = value_array(exchange->arena)};
    bool sound = request_limit(exchange, &slice->limit);
    if (cursor != NULL && !text_parse_integer(cursor, 0, 1000000, &slice->first)) {
        exchange_error(exchange, "cursor", "invalid_format",
                       "Ce curseur n’est pas celui d’une page précédente.");
        sound = false;
    }
    return sound;
}

void slice_add(struct slice *slice, struct value *item) {
    if (slice->seen >= slice->first && slice->seen < slice->first + slice->limit) {
        value_push(slice->items, item);
    }
    slice->seen++;
}

enum err slice_answer(struct exchange *exchange, const struct slice *slice) {
    const int64_t next = slice->first + slice->limit;
    struct value *page = value_object(exchange->arena);
    value_set(page, "items", slice->items);
    value_set(page, "next_cursor",
              slice->seen > next ? value_text(exchange->arena, arena_printf(exchange->arena, "%lld",
                                                                            (long long)next))
                                 : value_null(exchange->arena));
    return response_value(exchange, 200, page);
}
