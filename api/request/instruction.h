#ifndef GUICHET_REQUEST_INSTRUCTION_H
#define GUICHET_REQUEST_INSTRUCTION_H
/* Tools of the staff: templates of decision texts, which managers edit, and each person's own filters of the
 * queue. Lists are JSON text in the context's arena; what an act answers is in context->answer (core/act.h):
 * the document with its version, or 204 for a deletion. One thread, that of the context. */
#include "base/value.h"
#include "core/context.h"
#include "core/page.h"

/* Borrowed. In a change, NULL leaves a member as it is. */
struct decision_template {
    const char *outcome; /* approve, refuse, request_changes, revoke */
    const char *name;
    const char *body;
};

/* All of them: ERR_NOT_FOUND where there is no such product or template; ERR_FORBIDDEN where the actor is not
 * of its staff or, to write, not a manager of it. */
MUST_CHECK enum err decision_template_list(struct context *context, const char *product,
                                           const char *outcome, const struct page *page,
                                           const char **document);
/* ERR_CONFLICT: another template of the same outcome has this name. */
MUST_CHECK enum err decision_template_create(struct context *context, const char *product,
                                             const struct decision_template *input);
/* ERR_CONFLICT likewise; ERR_STALE: it has another version than `expected_version`; -1: any. */
MUST_CHECK enum err decision_template_update(struct context *context, const char *product,
                                             const char *id, int64_t expected_version,
                                             const struct decision_template *input);
MUST_CHECK enum err decision_template_delete(struct context *context, const char *product,
                                             const char *id);

MUST_CHECK enum err saved_filter_list(struct context *context, const struct page *page,
                                      const char **document);
/* ERR_CONFLICT: the account has a filter of this name. */
MUST_CHECK enum err saved_filter_create(struct context *context, const char *name,
                                        const struct value *query);
/* ERR_NOT_FOUND: the account has no such filter. Answers nothing. */
MUST_CHECK enum err saved_filter_delete(struct context *context, const char *id);

#endif
