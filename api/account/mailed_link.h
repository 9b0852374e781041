#ifndef GUICHET_ACCOUNT_MAILED_LINK_H
#define GUICHET_ACCOUNT_MAILED_LINK_H
/* Links with a single-use secret, mailed to people. The database keeps a hash of the secret. Everything
 * returned lives in the context's arena. Thread-safe; failures other than those named are those of a
 * statement. */
#include "core/context.h"
#include "security/token_hash.h"
#include "sql/account.h"

enum link_kind {
    LINK_ACTIVATION,     /* 24 hours; belongs to a registration (sign_up), not to an account */
    LINK_PASSWORD_RESET, /* 30 minutes */
    LINK_EMAIL_CHANGE,   /* 24 hours; carries the new address */
};

enum { LINK_ACTIVATION_LIVES_S = 24 * 3600 };

struct email; /* core/email.h */

/* A new secret: what is mailed, and the hash that is kept of it. */
const char *link_new(const struct context *context, enum link_kind kind,
                     unsigned char hash[TOKEN_HASH_BYTES]);
/* Says what became of a link that opens nothing (core/link_ending.h), and returns that failure. */
MUST_CHECK enum err link_refuse(struct context *context, struct tx *tx, enum link_kind kind,
                                const char *secret);
/* Creates a link for an account; the unused ones of this kind end. `email`: the address that
 * LINK_EMAIL_CHANGE is to confirm, NULL for the other kinds. `*url`: what is mailed. */
MUST_CHECK enum err link_create(struct context *context, struct tx *tx, enum link_kind kind,
                                const char *account_id, const struct email *email,
                                const char **url);
/* Finds a link by its secret and locks it until the transaction ends; else link_refuse. sql_link_use ends it. */
MUST_CHECK enum err link_lock(struct context *context, struct tx *tx, enum link_kind kind,
                              const char *secret, struct link_row *out);
/* Ends the unused links of a kind. */
MUST_CHECK enum err link_cancel(struct tx *tx, enum link_kind kind, const char *account_id);

#endif
