#ifndef GUICHET_ACCOUNT_STAFF_H
#define GUICHET_ACCOUNT_STAFF_H
/* Roles of the staff, and the audit trail. Roles are granted and withdrawn by administrators and, for reporters
 * and instructors of their product, by managers. Nobody changes their own roles; the last administrator stays. What is
 * returned lives in the context's arena. Thread-safe; failures other than those named are those of an act. */
#include "core/context.h"
#include "core/page.h"
#include "core/role.h"

struct staff_change {
    const char *email_key;
    enum role role;
    const char *product; /* NULL for support and admin */
};

/* Checks that role and product fit together. ERR_INVALID with an error at /product. */
MUST_CHECK enum err staff_check_role(struct context *context, enum role role, const char *product);
/* The rule of staff_grant and staff_withdraw alone: the same, and ERR_FORBIDDEN where the actor may not give or
 * take this role. */
MUST_CHECK enum err staff_check_change(struct context *context, const struct staff_change *change);
/* Grants a role and answers 201 with the grant. ERR_INVALID with an error at /email where no active account has
 * the address; ERR_CONFLICT where the person has the role; ERR_FORBIDDEN beyond what the actor may grant. The
 * program itself (commands) may grant every role. */
MUST_CHECK enum err staff_grant(struct context *context, const struct staff_change *change);
/* Withdraws a role and answers 204. Failures as those of staff_grant; ERR_CONFLICT where the person does not
 * have the role, or is the last administrator. */
MUST_CHECK enum err staff_withdraw(struct context *context, const struct staff_change *change);
/* Within a transaction that takes an account's roles away: ERR_CONFLICT where it is the only administrator. The
 * administrators stay locked until it ends. */
MUST_CHECK enum err staff_check_not_last_admin(struct context *context, struct tx *tx,
                                               const char *account_id);
/* A page of grants: administrators see all, the staff of a product those of the product. `product` and `role`
 * filter; NULL: any. */
MUST_CHECK enum err staff_list(struct context *context, const char *product, const char *role,
                               const struct page *page, const char **document);

/* NULL where a member does not filter. */
struct audit_filter {
    const char *actor_id;
    const char *action;
    const char *object_id;
    const char *product;
    const char *from; /* RFC 3339 */
    const char *to;
};
/* A page of the audit trail: managers see their products, administrators all; ERR_FORBIDDEN for others. */
MUST_CHECK enum err staff_list_audit(struct context *context, const struct audit_filter *filter,
                                     const struct page *page, const char **document);

/* NULL where a member does not filter. */
struct access_filter {
    const char *account; /* who looked: an id, or the key of an address */
    const char *client_id;
    const char *request; /* what belongs to this request: an id, or a number as in D123 */
    const char *object_id;
    const char *action;
    const char *searched; /* what was typed to find somebody */
    const char *from;     /* RFC 3339 */
    const char *to;
};
/* A page of what staff and programs of products looked at; ERR_FORBIDDEN for anybody but administrators. */
MUST_CHECK enum err staff_list_access(struct context *context, const struct access_filter *filter,
                                      const struct page *page, const char **document);

#endif
