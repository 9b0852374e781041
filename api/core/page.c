#include "core/page.h"
#include "base/text.h"
#include <string.h>

static bool refuse(struct field_errors *errors) {
    field_errors_add(errors, "cursor", "invalid_format",
                     "Ce curseur n’est pas celui d’une page précédente.");
    return false;
}

bool page_read_time(struct field_errors *errors, struct arena *arena, int64_t limit,
                    const char *cursor, struct page *out) {
    *out = (struct page){.limit = limit, .cursor = cursor};
    if (cursor == NULL) {
        return true;
    }
    const char *separator = strchr(cursor, '_');
    int64_t at_us = 0;
    if (separator == NULL || !text_is_uuid(separator + 1)) {
        return refuse(errors);
    }
    const char *at = arena_strndup(arena, cursor, (size_t)(separator - cursor));
    if (!text_parse_integer(at, 0, INT64_C(99999999999999999), &at_us)) {
        return refuse(errors);
    }
    out->at_us = nullable_int(at_us);
    out->id = separator + 1;
    return true;
}

bool page_read_number(struct field_errors *errors, int64_t limit, const char *cursor,
                      struct page *out) {
    int64_t number = 0;
    *out = page_of_key(limit, cursor);
    if (cursor == NULL) {
        return true;
    }
    if (!text_parse_integer(cursor, 0, INT64_MAX, &number)) {
        return refuse(errors);
    }
    out->number = nullable_int(number);
    return true;
}

struct page page_of_key(int64_t limit, const char *cursor) {
    return (struct page){.limit = limit, .cursor = cursor};
}
