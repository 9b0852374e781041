#ifndef GUICHET_ACCOUNT_ACCOUNT_JSON_H
#define GUICHET_ACCOUNT_ACCOUNT_JSON_H
/* Reads the bodies of sign-up, log-in, one's own account and roles. What is wrong is added to `errors`
 * (ERR_INVALID); what was read well is in the struct all the same, so that the act can add its own errors.
 * Texts live in `arena`. Thread-safe. */
#include "account/account.h"
#include "account/account_admin.h"
#include "account/sign_up.h"
#include "account/staff.h"
#include "base/value.h"

void account_json_read_sign_up(struct arena *arena, struct field_errors *errors,
                               const struct value *body, struct sign_up *out);
MUST_CHECK enum err account_json_read_activation(struct arena *arena, struct field_errors *errors,
                                                 const struct value *body, struct activation *out);
/* {email} */
MUST_CHECK enum err account_json_read_email(struct arena *arena, struct field_errors *errors,
                                            const struct value *body, struct email *out);

/* {email, password}, as typed. */
struct credentials {
    const char *email;
    const char *password;
};
MUST_CHECK enum err account_json_read_login(struct arena *arena, struct field_errors *errors,
                                            const struct value *body, struct credentials *out);
/* {token}, or {token, password} where `password` is not NULL. */
MUST_CHECK enum err account_json_read_link(struct arena *arena, struct field_errors *errors,
                                           const struct value *body, const char **token,
                                           const char **password);
/* {code} */
MUST_CHECK enum err account_json_read_code(struct arena *arena, struct field_errors *errors,
                                           const struct value *body, const char **code);
/* {current_password?, password}: `*current` is NULL where it was not given. */
MUST_CHECK enum err account_json_read_password(struct arena *arena, struct field_errors *errors,
                                               const struct value *body, const char **current,
                                               const char **password);
MUST_CHECK enum err account_json_read_patch(struct arena *arena, struct field_errors *errors,
                                            const struct value *body, struct account_patch *out);
/* {email, role, product?} */
MUST_CHECK enum err account_json_read_role(struct arena *arena, struct field_errors *errors,
                                           const struct value *body, struct staff_change *out);
/* {reason, until?} */
MUST_CHECK enum err account_json_read_suspension(struct arena *arena, struct field_errors *errors,
                                                 const struct value *body, struct suspension *out);
/* {reason}; where it is not required, the body may be missing too and `*reason` be NULL. */
/* {leave_requests}; no body: false. */
MUST_CHECK enum err account_json_read_deletion(struct arena *arena, struct field_errors *errors,
                                               const struct value *body, bool *leaves_requests);
MUST_CHECK enum err account_json_read_reason(struct arena *arena, struct field_errors *errors,
                                             const struct value *body, bool is_required,
                                             const char **reason);

#endif
