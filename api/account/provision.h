#ifndef GUICHET_ACCOUNT_PROVISION_H
#define GUICHET_ACCOUNT_PROVISION_H
/* Accounts made by whoever runs the program, without mail: for first administrators and tests. */
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

/* Account and membership are active at once, whatever the domain. ERR_CONFLICT where the address
 * belongs to an active account; ERR_INVALID with field errors for an unknown SIRET or product. */
MUST_CHECK enum err provision_account(struct context *context, const struct provision *input);
/* True in `*exists` where an active account has this address. */
MUST_CHECK enum err provision_exists(struct context *context, const struct email *email,
                                     bool *exists);

#endif
