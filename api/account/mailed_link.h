#ifndef GUICHET_ACCOUNT_MAILED_LINK_H
#define GUICHET_ACCOUNT_MAILED_LINK_H
/* The single-use secrets that are mailed to people. Results live in the transaction's arena. */
#include "engine/tx.h"

enum link_kind { LINK_ACTIVATION, LINK_PASSWORD_RESET, LINK_EMAIL_CHANGE };

struct link_row {
    const char *id;
    const char *account_id;
    const char *email;     /* LINK_EMAIL_CHANGE: the new address, else NULL */
    const char *email_key; /* the same, as its key */
};

/* A new single-use secret for this account; older ones of the kind die. `email` and `email_key` may
 * be NULL. */
MUST_CHECK enum err link_create(struct tx *tx, enum link_kind kind, const char *account_id,
                                const char *email, const char *email_key, int64_t lives_s,
                                const char **secret);
/* Locks the link until the commit. ERR_NOT_FOUND: used, replaced, too old or never made. */
MUST_CHECK enum err link_find(struct tx *tx, enum link_kind kind, const char *secret,
                              struct link_row *out);
/* Unused ones of this kind are good no more. */
MUST_CHECK enum err link_kill(struct tx *tx, enum link_kind kind, const char *account_id);
MUST_CHECK enum err link_use(struct tx *tx, const struct link_row *link);

#endif
