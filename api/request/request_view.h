#ifndef GUICHET_REQUEST_REQUEST_VIEW_H
#define GUICHET_REQUEST_REQUEST_VIEW_H
/* One request with everything that the rules look at, and the documents that show it. What a function gives
 * back lives in the context's arena. One thread, that of the context. */
#include "base/value.h"
#include "core/audit_event.h"
#include "core/context.h"
#include "product/form.h"
#include "product/product.h"
#include "request/request_policy.h"

struct request_view {
    struct request_facts facts;
    const struct product *product;
    const struct use_case *use_case;
    const struct value *fields;     /* of the form */
    const char *organisation_state; /* open, closed, pending_directory */
    const char *organisation_name;  /* NULL: the directory did not answer yet */
    const char *legal_category;     /* NULL: unknown */
    const char *applicant_email;
    const char *applicant_given_name;
    const char *applicant_family_name;
};

/* Reads the request for the context's actor. ERR_NOT_FOUND: there is none, or they may not know of it;
 * ERR_FORBIDDEN: they see less than `least`; ERR_UNAVAILABLE: its product is not served. */
MUST_CHECK enum err request_view_read(struct context *context, struct tx *tx, const char *id,
                                      enum visibility least, struct request_view *view);
/* The same for anyone who sees a summary at least, and nobody else changes it until the transaction ends. */
MUST_CHECK enum err request_view_lock(struct context *context, struct tx *tx, const char *id,
                                      struct request_view *view);
/* request_view_lock for an act that does not change the state: request_policy_check_event too, whose role it gives. */
MUST_CHECK enum err request_view_lock_for(struct context *context, struct tx *tx, const char *id,
                                          enum request_event event, struct request_view *view,
                                          enum actor_role *actor_role);
/* Begins a transaction that reads, then request_view_read. The caller ends the transaction. */
MUST_CHECK enum err request_view_begin(struct context *context, struct tx *tx, const char *id,
                                       enum visibility least, struct request_view *view);
/* The document as the actor may see it, whole or a summary, and its version. */
MUST_CHECK enum err request_view_render(struct context *context, struct tx *tx,
                                        const struct request_view *view, const char **document,
                                        int64_t *version);
/* The same, after the request was read again: what an act answers that changed it. */
MUST_CHECK enum err request_view_answer(struct context *context, struct tx *tx, const char *id,
                                        struct act_answer *answer);
/* Reads and renders it in a transaction of its own. */
MUST_CHECK enum err request_view_show(struct context *context, const char *id,
                                      const char **document, int64_t *version);
/* How the form sees it; without the kinds of its files. */
struct form_subject request_view_subject(const struct request_view *view);
/* True where the actor is shown what is for the staff. */
bool request_view_is_staff(const struct context *context, const struct request_view *view);
/* The audit entry of an act on the request; `detail` may be NULL and is borrowed. */
struct audit_event request_view_audit(const struct request_view *view, const char *action,
                                      const struct value *detail);
/* Adds an entry to the history: the actor caused `event` (EventName of openapi.yaml) in this role, after which
 * the state is `to`. `detail` may be NULL. */
/* Puts the name of the program that acts, where one does, into what the history keeps. */
void request_view_name_program(const struct context *context, struct value *detail);
MUST_CHECK enum err request_view_add_history(struct context *context, struct tx *tx,
                                             const struct request_view *view, const char *event,
                                             enum request_state to, enum actor_role actor_role,
                                             const struct value *detail);
/* How the request differs from what the staff last decided on: {pointer, former, new} of members and, by
 * kind, of files. `changes` is NULL where nothing was decided yet, `since` the time of that submission. */
MUST_CHECK enum err request_view_list_changes(struct context *context, struct tx *tx,
                                              const struct request_view *view,
                                              struct value **changes, const char **since);
/* The names of the use cases, for lists: JSON {product: {use case: name}}. */
const char *request_use_case_names(struct arena *arena, const struct products *products);

#endif
