#ifndef GUICHET_USAGE_USAGE_H
#define GUICHET_USAGE_USAGE_H
/* What people see of the calls of a token, and what is done about them. Rights are those of
 * token/token_acts.h: read_usage, read_calls, set_alerts. Documents are JSON text in the context's
 * arena, by the schemas of openapi.yaml. */
#include "base/value.h"
#include "core/context.h"
#include "usage/usage_store.h"

struct usage_range {
    int64_t from_ms; /* since 1970 */
    int64_t to_ms;   /* not included */
    int64_t bucket_s;
};

/* The finest chart that stays readable: at most some two hundred points. */
int64_t usage_bucket_s(int64_t range_ms);

MUST_CHECK enum err usage_read(struct context *context, const char *token_id,
                               const struct usage_range *range, const char **json);
/* The figures per endpoint as CSV. */
MUST_CHECK enum err usage_read_csv(struct context *context, const char *token_id,
                                   const struct usage_range *range, const char **csv);
MUST_CHECK enum err usage_read_calls(struct context *context, const char *token_id,
                                     const struct usage_call_filter *filter, const char *cursor,
                                     int64_t limit, const char **json);
/* The right to read calls alone; the lines then come by usage_next_calls. */
MUST_CHECK enum err usage_may_export_calls(struct context *context, const char *token_id);
MUST_CHECK enum err usage_next_calls(const struct services *services, struct arena *arena,
                                     const char *token_id, const struct usage_call_filter *filter,
                                     enum usage_export form, struct usage_call_place *place,
                                     const char **lines);
/* Paths of the endpoints that the token opens, as an array of texts, and its product. */
MUST_CHECK enum err usage_read_endpoints(struct context *context, const char *token_id,
                                         const char **product, struct value **paths);
MUST_CHECK enum err usage_read_limits(struct context *context, const char *token_id,
                                      struct value **out);

MUST_CHECK enum err usage_read_alerts(struct context *context, const char *token_id,
                                      const char **json, int64_t *version);
/* `if_match`: the version that was read, -1 for any: else ERR_STALE. `alerts`: an array, checked by
 * usage/usage_json.h. */
MUST_CHECK enum err usage_set_alerts(struct context *context, const char *token_id,
                                     int64_t if_match, const struct value *alerts,
                                     const char **json, int64_t *version);

/* A batch of an external gateway (a program bound to a product), checked by usage/usage_json.h.
 * Calls that are known by their request id are not counted again. */
MUST_CHECK enum err usage_post_calls(struct context *context, const struct value *calls,
                                     int64_t *accepted);

/* The jobs. */
MUST_CHECK enum err usage_roll_up(struct context *context);
MUST_CHECK enum err usage_keep(struct context *context);
MUST_CHECK enum err usage_tell_alerts(struct context *context);

#endif
