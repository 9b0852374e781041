#ifndef GUICHET_USAGE_USAGE_STORE_H
#define GUICHET_USAGE_USAGE_STORE_H
/* Figures and lists of the calls, alerts on them. Whoever asks has the right to (usage/usage.h). */
#include "base/value.h"
#include "engine/tx.h"

/* `advice`: {code: {title, advice}}. */
MUST_CHECK enum err usage_document(struct tx *tx, const char *token_id, int64_t from_ms,
                                   int64_t to_ms, int64_t bucket_s, const char *advice,
                                   const char **json);
MUST_CHECK enum err usage_export(struct tx *tx, const char *document, const char **csv);

struct usage_call_filter {
    int64_t status_least; /* 0: any status */
    int64_t status_most;
    const char *error_code; /* NULL: any; so endpoint and request_id */
    const char *endpoint;
    const char *request_id;
    int64_t from_ms; /* 0: no bound; so to_ms */
    int64_t to_ms;
};
/* Goes on behind the call of that time and number; `at_us` 0: from the last call on. */
struct usage_call_place {
    int64_t at_us;
    int64_t number;
};
MUST_CHECK enum err usage_list_calls(struct tx *tx, const char *token_id,
                                     const struct usage_call_filter *filter,
                                     struct usage_call_place place, int64_t limit,
                                     const char **json);
enum usage_export { USAGE_EXPORT_CSV, USAGE_EXPORT_JSON };
/* The next lines, NULL at the end; `*place` moves on (at_us 0: these were the last). CSV lines are
 * whole; in JSON each call comes after a comma and a line break. */
MUST_CHECK enum err usage_export_calls(struct tx *tx, const char *token_id,
                                       const struct usage_call_filter *filter,
                                       enum usage_export form, struct usage_call_place *place,
                                       int64_t limit, const char **lines);

/* `calls`: the array of PostedCalls. Indexes of those that name no token of the product. */
MUST_CHECK enum err usage_find_unknown_tokens(struct tx *tx, const char *calls, const char *product,
                                              int64_t **places, size_t *count);
MUST_CHECK enum err usage_post(struct tx *tx, const char *calls, int64_t *accepted);

/* One hour; `*rolled` is false where nothing is due. */
MUST_CHECK enum err usage_roll_next(struct pool *pool, bool *rolled);
MUST_CHECK enum err usage_delete_old(struct pool *pool);

MUST_CHECK enum err usage_alert_document(struct tx *tx, const char *token_id, const char **json,
                                         int64_t *version);
/* `alerts`: JSON array; `if_match`: the version that was read, -1 for any: else ERR_STALE. */
MUST_CHECK enum err usage_alert_replace(struct tx *tx, const char *token_id, int64_t if_match,
                                        const char *alerts);

struct usage_alert_change {
    const char *token_id;
    const char *kind;
    const char *threshold; /* NULL for silence */
    const char *figure;
    int64_t window_minutes;
    bool is_beyond; /* false: back within the bounds */
};
/* Claims one alert that crossed its bound either way; `token_id` NULL where there is none. `limits`:
 * see usage_alert/claim.sql. */
MUST_CHECK enum err usage_alert_claim(struct tx *tx, const char *limits,
                                      struct usage_alert_change *change);

#endif
