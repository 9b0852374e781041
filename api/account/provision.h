#ifndef GUICHET_ACCOUNT_PROVISION_H
#define GUICHET_ACCOUNT_PROVISION_H
/* Accounts that the operator creates by a command, without a mail: first administrators and tests. */
#include "core/context.h"
#include "core/email.h"
#include "core/role.h"
#include "core/siret.h"

struct provision {
    struct email email;
    const char *password_hash;
    const char *given_name;
    const char *family_name;
    char siret[SIRET_TEXT_BYTES];
    bool has_role;
    enum role role;
    const char *product; /* NULL for the roles of the platform */
};

/* Creates an active account with an active membership, whatever its domain. ERR_CONFLICT where the address
 * belongs to an active account; ERR_INVALID, with context->errors, for an unknown SIRET or product. Asks the
 * directory before it opens a transaction. */
MUST_CHECK enum err provision_account(struct context *context, const struct provision *input);
/* `*exists`: an active account has this address. */
MUST_CHECK enum err provision_exists(struct context *context, const struct email *email,
                                     bool *exists);

#endif
