#ifndef GUICHET_USAGE_USAGE_JSON_H
#define GUICHET_USAGE_USAGE_JSON_H
/* Parses ranges and filters of the usage pages, alerts, and batches of calls. ERR_INVALID with every mistake in
 * `errors`. Pure functions. */
#include "base/field_errors.h"
#include "usage/usage.h"

enum {
    USAGE_ERROR_CODE_DIGITS = 5,           /* of an error of the gateway */
    USAGE_REQUEST_ID_CHARACTERS_MAX = 128, /* of X-Request-ID */
};

/* `window` (10m, 30h, 8d), or `from` and `to` (RFC 3339); 30h where all are NULL. */
MUST_CHECK enum err usage_json_range(struct field_errors *errors, const char *window,
                                     const char *from, const char *to, int64_t now_ms,
                                     struct usage_range *out);
struct usage_filter_texts {
    const char *status; /* "404" or "4xx"; NULL where not given, likewise the others */
    const char *error_code;
    const char *endpoint;
    const char *request_id;
    const char *from;
    const char *to;
};
MUST_CHECK enum err usage_json_filter(struct field_errors *errors,
                                      const struct usage_filter_texts *texts,
                                      struct usage_call_filter *out);
/* The array of AlertsUpdate. */
MUST_CHECK enum err usage_json_alerts(struct arena *arena, struct field_errors *errors,
                                      const struct value *body, const struct value **alerts);
/* The array of PostedCalls: calls of the last `days` days. */
MUST_CHECK enum err usage_json_calls(struct arena *arena, struct field_errors *errors,
                                     const struct value *body, int64_t days, int64_t now_ms,
                                     const struct value **calls);

#endif
