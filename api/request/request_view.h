#ifndef GUICHET_REQUEST_REQUEST_VIEW_H
#define GUICHET_REQUEST_REQUEST_VIEW_H
/* One request as it is read, with everything that the rules look at, and how it is shown. */
#include "base/value.h"
#include "core/context.h"
#include "product/form.h"
#include "product/product.h"
#include "request/request_policy.h"

struct request_view {
    struct request_facts facts;
    const struct product *product;
    const struct use_case *use_case;
    const char *form_version;
    const char *terms_version; /* NULL: not accepted */
    const char *submitted_at;  /* NULL: never */
    const struct value *fields;
    const char *organisation_state; /* open, closed, pending_directory */
    const char *organisation_name;
    const char *legal_category; /* NULL: unknown */
    const char *applicant_email;
    const char *applicant_given_name;
    const char *applicant_family_name;
};

/* Reads it for the context's actor; with `lock` nobody else changes it until the transaction ends.
 * ERR_NOT_FOUND where there is none or the actor may not even see that there is one; `whole`: a
 * contact, who sees a summary only, gets ERR_FORBIDDEN. */
MUST_CHECK enum err request_view_open(struct context *context, struct tx *tx, const char *id,
                                      bool lock, bool whole, struct request_view *file);
/* The document as the actor may see it (the summary for a contact), JSON text. */
MUST_CHECK enum err request_view_render(struct context *context, struct tx *tx,
                                        const struct request_view *file, const char **document,
                                        int64_t *version);
/* Reads and renders in a transaction of its own. */
MUST_CHECK enum err request_view_show(struct context *context, const char *id,
                                      const char **document, int64_t *version);
/* How the form sees it; without the files. */
struct form_subject request_view_subject(const struct request_view *file);
/* True where the actor is shown what is the staff's. */
bool request_view_is_staff(const struct context *context, const struct request_view *file);
/* Adds to the history; `event` is a word of the contract's EventName, `detail` may be NULL. */
MUST_CHECK enum err request_view_remember(struct context *context, struct tx *tx,
                                          const struct request_view *file, const char *event,
                                          enum request_state to, enum actor_role actor_role,
                                          const struct value *detail);
/* How it differs from what the staff last decided on: {pointer, former, new} of members and, by kind,
 * of files; `changes` is NULL where nothing was decided on yet, `since` the time of that submission. */
MUST_CHECK enum err request_view_list_changes(struct context *context, struct tx *tx,
                                              const struct request_view *file,
                                              struct value **changes, const char **since);
/* The names of the use cases by product, for lists: {"product": {"use case": "name"}}. */
const char *request_use_case_names(struct arena *arena, const struct products *products);

#endif
