#ifndef GUICHET_USAGE_USAGE_H
#define GUICHET_USAGE_USAGE_H
/* What people see of the calls of a token: figures, the list of calls, limits and alerts. Each function that
 * takes a context checks the actor's right first (read_usage, read_calls or set_alerts of token/token_acts.h)
 * and fails as token_check_right does. JSON is text in the context's arena, by the schemas of openapi.yaml.
 * Thread-safe as long as each request has its own context. */
#include "base/buf.h"
#include "base/value.h"
#include "core/context.h"

struct usage_range {
    int64_t from_ms; /* since 1970 */
    int64_t to_ms;   /* exclusive */
    int64_t bucket_s;
};

struct usage_call_filter {
    int64_t status_least; /* 0: any status */
    int64_t status_most;
    const char *error_code; /* NULL: any; likewise endpoint and request_id */
    const char *endpoint;
    const char *request_id;
    int64_t from_ms; /* 0: no bound; likewise to_ms */
    int64_t to_ms;
};

/* Where a list of calls goes on: after the call with this time and number. */
struct usage_call_place {
    int64_t at_us; /* since 1970; 0: from the newest call on */
    int64_t number;
};

/* An export of the calls that the filter leaves, newest first. The texts are borrowed. */
struct usage_export {
    const char *token_id;
    struct usage_call_filter filter;
    bool as_json; /* else CSV */
    bool has_head;
    struct usage_call_place place; /* of the last call that was read */
};

/* Seconds of one point of a chart over this range: the finest that gives about 200 points at most. */
int64_t usage_bucket_s(int64_t range_ms);

/* Schema Usage. */
MUST_CHECK enum err usage_read(struct context *context, const char *token_id,
                               const struct usage_range *range, const char **json);
/* The figures for each endpoint as CSV. */
MUST_CHECK enum err usage_read_csv(struct context *context, const char *token_id,
                                   const struct usage_range *range, const char **csv);
/* Schema CallPage. `cursor` as in the page before, or NULL; ERR_INVALID where it is malformed. */
MUST_CHECK enum err usage_read_calls(struct context *context, const char *token_id,
                                     const struct usage_call_filter *filter, const char *cursor,
                                     int64_t limit, const char **json);
/* Checks the right to read calls; the parts of an export then come by usage_export_next, which checks none. */
MUST_CHECK enum err usage_check_export(struct context *context, const char *token_id);
/* Appends the next calls to `out`, some thousand at most, with what stands before the first and behind the last.
 * `*rows`: how many calls; `*is_over` after the last. */
MUST_CHECK enum err usage_export_next(const struct services *services, struct arena *arena,
                                      struct usage_export *export, struct buf *out, int64_t *rows,
                                      bool *is_over);
/* Paths of the endpoints that the token opens, as an array of texts, and its product. */
MUST_CHECK enum err usage_read_endpoints(struct context *context, const char *token_id,
                                         const char **product, struct value **paths);
/* Schema Limits. */
MUST_CHECK enum err usage_read_limits(struct context *context, const char *token_id,
                                      struct value **out);

/* Schema Alerts. */
MUST_CHECK enum err usage_read_alerts(struct context *context, const char *token_id,
                                      const char **json, int64_t *version);
/* An act; answers schema Alerts. `if_match`: the version that was read, -1 for any, else ERR_STALE. `alerts`:
 * an array that usage_json_alerts accepted. */
MUST_CHECK enum err usage_set_alerts(struct context *context, const char *token_id,
                                     int64_t if_match, const struct value *alerts);

/* Stores a batch of an external gateway (a client of a product) that usage_json_calls accepted. A call whose
 * request id is known is not stored again. `*accepted`: how many were. ERR_INVALID: a call names no token of
 * the product; ERR_FORBIDDEN: the client has no product. */
MUST_CHECK enum err usage_post_calls(struct context *context, const struct value *calls,
                                     int64_t *accepted);

/* --- Jobs ---------------------------------------------------------------------------------------- */

/* Rolls up the hours that are due. */
MUST_CHECK enum err usage_roll_up(struct context *context);
/* Deletes what is older than it is kept, and creates the partitions of the coming days. */
MUST_CHECK enum err usage_keep(struct context *context);
/* Mails the alerts whose figures crossed their bounds. */
MUST_CHECK enum err usage_tell_alerts(struct context *context);

#endif
