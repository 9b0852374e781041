#ifndef GUICHET_REQUEST_REQUEST_H
#define GUICHET_REQUEST_REQUEST_H
/* Requests are created, saved, copied, assigned, deleted and listed here; request_act.h moves
 * them from state to state. What an act answers is in context->answer (core/act.h): the document of the
 * request with its version, unless the function says otherwise. Documents are text in the context's arena.
 * Beside the failures that a function names: those of act_begin and act_commit and, for an existing request,
 * of request_view_lock and request_policy_check_event. One thread, that of the context. */
#include "base/buf.h"
#include "base/value.h"
#include "core/context.h"
#include "core/page.h"

struct request_start {
    const char *product;
    const char *use_case;
    const char *siret; /* as typed */
};

/* Adds a draft with what its use case fills in. ERR_FORBIDDEN: the actor is not an active member there;
 * ERR_INVALID: unknown product or use case, one that applicants cannot start, closed establishment;
 * ERR_CONFLICT: they have as many drafts as one account may have. */
MUST_CHECK enum err request_create(struct context *context, const struct request_start *start);
/* Adds a draft with the same data, without files, consents and dates. ERR_FORBIDDEN, ERR_INVALID: see
 * request_create; ERR_CONFLICT: applicants can no longer start this use case. */
MUST_CHECK enum err request_copy(struct context *context, const char *id);
/* Saves a JSON merge patch of the form. `expected_version` -1: whatever it is now, else ERR_STALE where it
 * is another. ERR_INVALID: what is wrong is in context->errors. */
MUST_CHECK enum err request_update(struct context *context, const char *id,
                                   int64_t expected_version, const struct value *patch);
/* Deletes a draft that was never submitted; answers 204. */
MUST_CHECK enum err request_delete(struct context *context, const char *id);
/* Assigns it to an instructor of the product; `account_id` NULL: to nobody. ERR_INVALID: they are not one. */
MUST_CHECK enum err request_assign(struct context *context, const char *id, const char *account_id);

struct request_filter {
    const char *states; /* PostgreSQL array of text; NULL: all but archived */
    const char *product;
    const char *use_case;
    const char *siret;
    const char *words;
    const char *assignee; /* account id or "none" */
    const char *relation; /* applicant, member, staff, contact, second_instructor */
    bool by_age;          /* longest waiting first, else last changed first */
};

/* A page of what the actor sees. */
MUST_CHECK enum err request_list(struct context *context, const struct request_filter *filter,
                                 const struct page *page, const char **document);
/* An export of the filtered list, by number. The texts are borrowed. */
struct request_export {
    struct identity identity; /* who exports: an account, perhaps through a program */
    struct request_filter filter;
    bool as_json;
    bool has_head;
    int64_t number; /* of the last request that was read */
};
/* ERR_FORBIDDEN for anybody but staff; the parts then come by request_export_next, which checks no right. */
MUST_CHECK enum err request_export_check(struct context *context);
/* Appends the next lines to `out`, some thousand at most, with what stands before the first and behind the last.
 * `*rows`: how many requests; `*is_over` after the last. */
MUST_CHECK enum err request_export_next(const struct services *services, struct arena *arena,
                                        struct request_export *export, struct buf *out,
                                        int64_t *rows, bool *is_over);

#endif
