#include "gateway/called.h"
#include <string.h>

const char *called_find(const struct called *called, const char *key) {
    for (size_t i = 0; i < called->count; i++) {
        if (strcmp(called->items[i].key, key) == 0) {
            return called->items[i].value;
        }
    }
    return NULL;
}
