/* Queries and forms: whatever is accepted is made of valid UTF-8 without NUL. */
#include "base/utf8.h"
#include "http/uri.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    ARENA_AUTO(arena);
    struct pair pairs[EXCHANGE_QUERY_MAX];
    size_t count = 0;
    if (uri_split_pairs(&arena, (const char *)data, size, pairs, &count) != ERR_NONE) {
        return 0;
    }
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t name = strlen(pairs[i].name);
        const size_t value = strlen(pairs[i].value);
        if (!utf8_is_valid(pairs[i].name, name) || !utf8_is_valid(pairs[i].value, value) ||
            utf8_has_control(pairs[i].value)) {
            abort();
        }
        total += name + value;
    }
    if (total > size) {
        abort();
    }
    return 0;
}
