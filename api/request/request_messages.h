#ifndef GUICHET_REQUEST_REQUEST_MESSAGES_H
#define GUICHET_REQUEST_REQUEST_MESSAGES_H
/* What is said about a request: messages between applicant and staff, the staff's private notes, the
 * history, the decisions, what changed. Lists are JSON text in the context's arena; what an act answers is in
 * context->answer (core/act.h). Failures beside those that a function names: those of request_view_read with
 * VISIBILITY_FULL. One thread, that of the context. */
#include "base/value.h"
#include "core/context.h"
#include "core/page.h"

/* Answers the message. ERR_FORBIDDEN, ERR_CONFLICT: see request_policy_check_event; ERR_RATE_LIMITED: see
 * QUOTA_MESSAGES. The other side is mailed, once an hour at most: later messages go together. */
MUST_CHECK enum err message_add(struct context *context, const char *id, const char *body);
/* The job: mails what one side of a conversation said since the last mail. */
MUST_CHECK enum err message_mail_run(struct context *context, const struct value *payload);
MUST_CHECK enum err message_list(struct context *context, const char *id, const struct page *page,
                                 const char **document);
/* Up to and including this message. ERR_INVALID: it is not a message of the request. */
MUST_CHECK enum err message_mark_read(struct context *context, const char *id,
                                      const char *message_id);
/* Answers the note. ERR_FORBIDDEN, ERR_CONFLICT: see request_policy_check_event. */
MUST_CHECK enum err note_add(struct context *context, const char *id, const char *body);
/* ERR_FORBIDDEN for anybody but the staff of the product and admins. */
MUST_CHECK enum err note_list(struct context *context, const char *id, const struct page *page,
                              const char **document);
MUST_CHECK enum err request_list_events(struct context *context, const char *id,
                                        const struct page *page, const char **document);
MUST_CHECK enum err request_list_decisions(struct context *context, const char *id,
                                           const struct page *page, const char **document);
/* {since, changes}: how the request differs from what the staff last decided on. */
MUST_CHECK enum err request_show_changes(struct context *context, const char *id,
                                         const struct value **document);

#endif
