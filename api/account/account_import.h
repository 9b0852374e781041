#ifndef GUICHET_ACCOUNT_ACCOUNT_IMPORT_H
#define GUICHET_ACCOUNT_ACCOUNT_IMPORT_H
/* Accounts and tokens of a former dashboard. A person keeps the password (bcrypt or Argon2, hashed
 * anew at the first log-in); a token keeps its id, scopes and expiry, behind an approved request of
 * its own, and gets a string that we signed: those of the former system do not verify here. Nobody
 * is written to. Twice the same file changes nothing. */
#include "core/context.h"

struct account_import_row {
    int64_t line;
    const char *email;
    const char *given_name;
    const char *family_name;
    const char *siret;
    const char *password_hash;
    const char *token_id; /* "" without token; so for the next three */
    const char *product;
    const char *scopes;     /* separated by blanks */
    const char *expires_at; /* RFC 3339 */
};

enum account_import_outcome { IMPORT_CREATED, IMPORT_PRESENT, IMPORT_NONE };

struct account_import_result {
    enum account_import_outcome account;
    enum account_import_outcome token;
};

/* One row, in a transaction of its own, undone for a dry run (which so looks at each row alone). ERR_INVALID: what is wrong with it is
 * in context->errors, by column. */
MUST_CHECK enum err account_import_row(struct context *context,
                                       const struct account_import_row *row, bool dry_run,
                                       struct account_import_result *result);

#endif
