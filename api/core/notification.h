#ifndef GUICHET_CORE_NOTIFICATION_H
#define GUICHET_CORE_NOTIFICATION_H
/* The mails that a person may do without, and the one-click link that stops them (RFC 8058). */
#include "core/context.h"

enum notification {
    NOTIFICATION_NEW_SUBMISSION, /* instructors: a request was submitted */
    NOTIFICATION_MESSAGE,        /* a message was received */
    NOTIFICATION_NEW_MEMBER,     /* somebody joined the organisation */
};
enum { NOTIFICATIONS_COUNT = 3 };

/* Its member in account.notifications. Static text. */
const char *notification_name(enum notification notification);
/* For the member `unsubscribe_url` of a mail's data, in the arena. */
const char *notification_unsubscribe_url(const struct context *context, const char *account_id,
                                         enum notification notification);
/* What the link does; twice is nothing. ERR_NOT_FOUND where the token is none of ours. */
MUST_CHECK enum err notification_unsubscribe(struct context *context, const char *token);

#endif
