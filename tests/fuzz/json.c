/* The JSON reader: what it accepts, written again, is accepted again and means the same. */
#include "base/json.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static bool seeded;
    if (!seeded) {
        json_init();
        seeded = true;
    }
    ARENA_AUTO(arena);
    struct value *value = NULL;
    const char *reason = NULL;
    if (json_parse(&arena, (const char *)data, size, &value, &reason) != ERR_NONE) {
        if (reason == NULL) {
            abort();
        }
        return 0;
    }
    const char *text = json_text(&arena, value);
    struct value *again = NULL;
    if (json_parse(&arena, text, strlen(text), &again, &reason) != ERR_NONE ||
        !value_equal(value, again)) {
        abort();
    }
    return 0;
}
