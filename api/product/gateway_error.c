#include "product/gateway_error.h"
#include <stddef.h>
#include <string.h>

static const struct gateway_error ERRORS[] = {
#define GATEWAY_ERROR(name, code, status, title, detail, advice)                                   \
    {code, status, title, detail, advice},
#include "product/gateway_error.def"
#undef GATEWAY_ERROR
};

const struct gateway_error *gateway_error_get(enum gateway_error_id id) {
    return &ERRORS[id];
}

const struct gateway_error *gateway_error_find(const char *code) {
    if (code == NULL || strlen(code) != 5) {
        return NULL;
    }
    const char *prefix = strncmp(code, "00", 2) == 0 ? "00" : "XX";
    for (size_t i = 0; i < sizeof ERRORS / sizeof ERRORS[0]; i++) {
        if (strncmp(ERRORS[i].code, prefix, 2) == 0 && strcmp(ERRORS[i].code + 2, code + 2) == 0) {
            return &ERRORS[i];
        }
    }
    return NULL;
}
