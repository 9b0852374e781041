#ifndef GUICHET_REQUEST_REQUEST_H
#define GUICHET_REQUEST_REQUEST_H
/* The living file: started, saved, found, handed on. What moves it from state to state is in
 * request_act.h. Answers are JSON text in the context's arena; `*version` is their ETag. */
#include "base/value.h"
#include "core/context.h"
#include "core/page.h"

struct request_start {
    const char *product;
    const char *use_case;
    const char *siret; /* as typed */
};

/* A draft filled in from its use case. ERR_FORBIDDEN: the caller is no active member there;
 * ERR_INVALID: unknown product or use case, one that applicants cannot start, closed establishment.
 */
MUST_CHECK enum err request_create(struct context *context, const struct request_start *start,
                                   const char **document, int64_t *version);
/* A new draft with the same answers, without files, ticks nor dates. */
MUST_CHECK enum err request_copy(struct context *context, const char *id, const char **document,
                                 int64_t *version);
/* `expected_version` -1: whatever it is now; else ERR_STALE where it is another. */
MUST_CHECK enum err request_update(struct context *context, const char *id,
                                   int64_t expected_version, const struct value *patch,
                                   const char **document, int64_t *version);
/* A draft that was never submitted. */
MUST_CHECK enum err request_delete(struct context *context, const char *id);
/* To an active member of the same organisation, by e-mail; both are told. */
MUST_CHECK enum err request_transfer(struct context *context, const char *id, const char *email);
/* NULL puts the file back. */
MUST_CHECK enum err request_assign(struct context *context, const char *id, const char *account_id,
                                   const char **document, int64_t *version);

struct request_filter {
    const char *states; /* PostgreSQL array of text; NULL: all but archived */
    const char *product;
    const char *use_case;
    const char *siret;
    const char *words;
    const char *assignee; /* account id or "none" */
    const char *relation; /* applicant, member, staff, contact */
    bool by_age;          /* longest waiting first, else last changed first */
};

MUST_CHECK enum err request_list(struct context *context, const struct request_filter *filter,
                                 const struct page *page, const char **document);
/* The whole filtered list as CSV, for the staff. ERR_FORBIDDEN for anybody else. */
MUST_CHECK enum err request_export(struct context *context, const struct request_filter *filter,
                                   const char **csv);

#endif
