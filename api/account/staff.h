#ifndef GUICHET_ACCOUNT_STAFF_H
#define GUICHET_ACCOUNT_STAFF_H
/* Roles of the staff: granted and withdrawn by administrators and, for reporters and instructors of
 * their product, by managers; never on oneself; the last administrator stays. */
#include "core/context.h"
#include "core/page.h"
#include "core/role.h"

struct staff_change {
    const char *email_key;
    enum role role;
    const char *product; /* NULL for support and admin */
};

/* Checks that role and product go together; adds errors at /role and /product. */
MUST_CHECK enum err staff_check_role(struct context *context, enum role role, const char *product);
/* `*document` is the grant. ERR_INVALID with an error at /email where nobody has this address,
 * ERR_CONFLICT where the role is granted already. The program itself (commands) may do all. */
MUST_CHECK enum err staff_grant(struct context *context, const struct staff_change *change,
                                const char **document);
MUST_CHECK enum err staff_withdraw(struct context *context, const struct staff_change *change);
/* In a transaction that takes this account's roles away: ERR_CONFLICT where it is the only
 * administrator. */
MUST_CHECK enum err staff_check_not_last_admin(struct context *context, struct tx *tx,
                                               const char *account_id);
/* Administrators see all, the staff of a product its own. `product` and `role` may be NULL. */
MUST_CHECK enum err staff_list(struct context *context, const char *product, const char *role,
                               const struct page *page, const char **document);

struct audit_filter {
    const char *actor_id;
    const char *action;
    const char *object_id;
    const char *product;
    const char *from; /* RFC 3339 */
    const char *to;
};
/* Managers see their products, administrators all; ERR_FORBIDDEN for the others. */
MUST_CHECK enum err staff_list_audit(struct context *context, const struct audit_filter *filter,
                                     const struct page *page, const char **document);

#endif
