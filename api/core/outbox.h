#ifndef GUICHET_CORE_OUTBOX_H
#define GUICHET_CORE_OUTBOX_H
/* Mails to be sent: written with their cause, claimed and sent by the worker. */
#include "base/value.h"
#include "engine/tx.h"

/* `template` names worker/templates/<template>.txt and .html; `data` fills them. `account_id` is the
 * recipient's account where there is one, else NULL. */
MUST_CHECK enum err outbox_add(struct tx *tx, const char *template, const char *recipient,
                               const char *account_id, const struct value *data);

#endif
