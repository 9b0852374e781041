#ifndef GUICHET_REQUEST_INSTRUCTION_H
#define GUICHET_REQUEST_INSTRUCTION_H
/* What helps the staff: templates of reasons, which managers edit, and everybody's own filters of the
 * queue. Answers are JSON text in the context's arena. */
#include "base/value.h"
#include "core/context.h"
#include "core/page.h"

struct decision_template {
    const char *outcome; /* NULL in a change: stays; so for the others */
    const char *name;
    const char *body;
};

/* ERR_NOT_FOUND: no such product; ERR_FORBIDDEN: not of its staff, or no manager where one writes. */
MUST_CHECK enum err decision_template_list(struct context *context, const char *product,
                                           const char *outcome, const struct page *page,
                                           const char **document);
MUST_CHECK enum err decision_template_create(struct context *context, const char *product,
                                             const struct decision_template *input,
                                             const char **document, int64_t *version);
MUST_CHECK enum err decision_template_update(struct context *context, const char *product,
                                             const char *id, int64_t expected_version,
                                             const struct decision_template *input,
                                             const char **document, int64_t *version);
MUST_CHECK enum err decision_template_delete(struct context *context, const char *product,
                                             const char *id);

MUST_CHECK enum err saved_filter_list(struct context *context, const struct page *page,
                                      const char **document);
/* ERR_CONFLICT where one's filter of this name exists. */
MUST_CHECK enum err saved_filter_create(struct context *context, const char *name,
                                        const struct value *query, const char **document);
MUST_CHECK enum err saved_filter_delete(struct context *context, const char *id);

#endif
