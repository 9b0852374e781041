#ifndef GUICHET_CORE_NOTIFICATION_H
#define GUICHET_CORE_NOTIFICATION_H
/* The mails that people may switch off, and the link in them that does so in one click (RFC 8058).
 * Thread-safe. */
#include "core/context.h"

enum notification {
    NOTIFICATION_NEW_SUBMISSION, /* instructors: a request was submitted */
    NOTIFICATION_MESSAGE,        /* a message was received */
    NOTIFICATION_NEW_MEMBER,     /* somebody joined the organisation */
};
enum { NOTIFICATIONS_COUNT = 3 };

/* The member of account.notifications that switches it. Static text. */
const char *notification_name(enum notification notification);
/* The link that switches `notification` off for an account: member `unsubscribe_url` of the mail's data. In
 * the arena. */
const char *notification_unsubscribe_url(const struct context *context, const char *account_id,
                                         enum notification notification);
/* Switches off what the link's `token` names; a second time changes nothing. ERR_NOT_FOUND where this
 * program did not make the token. */
MUST_CHECK enum err notification_unsubscribe(struct context *context, const char *token);

#endif
