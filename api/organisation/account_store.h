#ifndef GUICHET_ORGANISATION_ACCOUNT_STORE_H
#define GUICHET_ORGANISATION_ACCOUNT_STORE_H
/* Rows of accounts: the persons who are attached. Results live in the transaction's arena. */
#include "engine/tx.h"

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
/* By core/email's key. */
MUST_CHECK enum err account_find_by_email(struct tx *tx, const char *email_key,
                                          struct account_row *out);

#endif
