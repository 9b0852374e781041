#ifndef GUICHET_ACCOUNT_ACCOUNT_IMPORT_H
#define GUICHET_ACCOUNT_ACCOUNT_IMPORT_H
/* Accounts and tokens of a former dashboard. A person keeps their password (bcrypt or Argon2, hashed again at the
 * first log-in); without one they log in by OpenID Connect, or ask for a password by mail when they come. A token
 * keeps its id, scopes and expiry, gets an approved request of its own, and a string signed by this program, because
 * those of the former system do not verify here. No mail is sent. Importing the same file again changes nothing. */
#include "core/context.h"
#include "core/email.h"
#include "organisation/directory.h"

struct account_import_row {
    int64_t line;
    const char *email;
    const char *given_name;
    const char *family_name;
    const char *siret;
    const char *password_hash; /* "": none */
    const char *token_id;      /* "": no token */
    const char *product;       /* counts with token_id, as do the next two */
    const char *scopes;        /* separated by blanks */
    const char *expires_at;    /* RFC 3339 */
};

enum account_import_outcome { IMPORT_CREATED, IMPORT_PRESENT, IMPORT_NONE };

struct account_import_result {
    enum account_import_outcome account;
    enum account_import_outcome token;
    const char *email_key; /* in the arena of the context; NULL where the address cannot be read */
};

/* A person whom the operator vouches for. */
struct account_import_person {
    const struct email *email;
    const char *given_name;
    const char *family_name;
    const char *password_hash; /* NULL: none */
};

/* Finds the account of the address, or creates it, active; attaches it to the organisation, which is written too,
 * unless it has a membership already: that one stays as it is. In the caller's transaction. */
MUST_CHECK enum err account_import_member(struct tx *tx, const struct account_import_person *person,
                                          const char *siret,
                                          const struct directory_answer *establishment,
                                          const char **id, enum account_import_outcome *outcome);

/* Imports one row in a transaction of its own, which a dry run rolls back (so it sees each row alone). Asks the
 * directory before. ERR_INVALID: what is wrong with the row is in context->errors, by column. Thread-safe. */
MUST_CHECK enum err account_import_row(struct context *context,
                                       const struct account_import_row *row, bool dry_run,
                                       struct account_import_result *result);

#endif
