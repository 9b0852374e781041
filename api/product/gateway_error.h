#ifndef GUICHET_PRODUCT_GATEWAY_ERROR_H
#define GUICHET_PRODUCT_GATEWAY_ERROR_H
/* The errors of the gateway: what it answers, and what the usage page advises. Thread-safe. */

enum gateway_error_id {
#define GATEWAY_ERROR(name, code, status, title, detail, advice) GATEWAY_ERROR_##name,
#include "product/gateway_error.def"
#undef GATEWAY_ERROR
};

struct gateway_error {
    const char *code; /* five digits, "XX" first where the provider's two come instead */
    int status;
    const char *title;
    const char *detail;
    const char *advice;
};

const struct gateway_error *gateway_error_get(enum gateway_error_id id);
/* The row of a code as it was answered ("01003" finds "XX003"); NULL for an unknown or NULL code. */
const struct gateway_error *gateway_error_find(const char *code);

#endif
