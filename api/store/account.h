#ifndef GUICHET_STORE_ACCOUNT_H
#define GUICHET_STORE_ACCOUNT_H
/* Rows of accounts, and the secrets mailed to them. Results live in the transaction's arena. */
#include "store/tx.h"

enum account_state { ACCOUNT_PENDING, ACCOUNT_ACTIVE };

struct account_row {
    const char *id;
    const char *email;
    const char *email_key;
    const char *given_name;
    const char *family_name;
    const char *job_title;     /* NULL where none */
    const char *phone;         /* NULL where none */
    const char *password_hash; /* NULL: no password yet */
    enum account_state state;  /* deleted accounts are not found */
    const char *current_siret; /* NULL where none */
    const char *locale;
    const char *notifications; /* JSON: what differs from the defaults */
    int64_t version;
};

/* ERR_NOT_FOUND where there is no such account. */
MUST_CHECK enum err account_find(struct tx *tx, const char *id, struct account_row *out);
/* The same, and nobody else changes it before the commit. */
MUST_CHECK enum err account_lock(struct tx *tx, const char *id, struct account_row *out);
/* By domain/email's key. */
MUST_CHECK enum err account_find_by_email(struct tx *tx, const char *email_key,
                                          struct account_row *out);

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
