#ifndef GUICHET_REQUEST_REQUEST_MESSAGES_H
#define GUICHET_REQUEST_REQUEST_MESSAGES_H
/* What is said about a request: messages between applicant and staff, the staff's private notes,
 * the history, the decisions, what changed. Answers are JSON text in the context's arena. */
#include "base/value.h"
#include "core/context.h"
#include "core/page.h"

MUST_CHECK enum err message_add(struct context *context, const char *id, const char *body,
                                const char **document);
MUST_CHECK enum err message_list(struct context *context, const char *id, const struct page *page,
                                 const char **document);
/* ERR_NOT_FOUND where the message is none of this request. */
MUST_CHECK enum err message_mark_read(struct context *context, const char *id,
                                      const char *message_id);
MUST_CHECK enum err note_add(struct context *context, const char *id, const char *body,
                             const char **document);
/* ERR_FORBIDDEN for anybody but the staff of the product and admins. */
MUST_CHECK enum err note_list(struct context *context, const char *id, const struct page *page,
                              const char **document);
MUST_CHECK enum err request_list_events(struct context *context, const char *id,
                                        const struct page *page, const char **document);
MUST_CHECK enum err request_list_decisions(struct context *context, const char *id,
                                           const struct page *page, const char **document);
/* {since, changes}: how the request differs from what the staff last judged. */
MUST_CHECK enum err request_show_changes(struct context *context, const char *id,
                                         const struct value **document);

#endif
