#ifndef GUICHET_EXPORT_EXPORT_ORDER_H
#define GUICHET_EXPORT_EXPORT_ORDER_H
/* What an export is asked for. Thread-safe. */
#include "base/field_errors.h"
#include "base/value.h"
#include "request/request.h"
#include "usage/usage.h"

enum export_kind { EXPORT_REQUESTS, EXPORT_CALLS, EXPORT_ACCOUNT };

struct export_order {
    enum export_kind kind;
    bool as_json;                /* else CSV */
    const char *token_id;        /* EXPORT_CALLS; else NULL */
    const struct value *filters; /* as they were given, all texts */
    struct request_filter requests;
    struct usage_call_filter calls;
};

/* Reads {kind, format, token_id, filters}; `account_id`: who "me" is. ERR_INVALID with every mistake. What is read
 * lives in the arena or is borrowed from `body`. */
MUST_CHECK enum err export_order_read(struct arena *arena, struct field_errors *errors,
                                      const char *account_id, const struct value *body,
                                      struct export_order *out);
/* Static texts: "requests", "csv". */
const char *export_order_kind(const struct export_order *order);
const char *export_order_format(const struct export_order *order);
/* What the file is called when it is saved. Static text. */
const char *export_order_file_name(const struct export_order *order);

#endif
