#include "gateway/record/call_params.h"
#include <string.h>

const char *call_params_find(const struct call_params *call_params, const char *key) {
    for (size_t i = 0; i < call_params->count; i++) {
        if (strcmp(call_params->items[i].key, key) == 0) {
            return call_params->items[i].value;
        }
    }
    return NULL;
}
