#ifndef GUICHET_TOKEN_TOKEN_JSON_H
#define GUICHET_TOKEN_TOKEN_JSON_H
/* Bodies of the acts on a token. Every mistake goes to the context's errors; ERR_INVALID then. */
#include "token/token_acts.h"

/* {allowed_ips}: addresses and blocks as PostgreSQL's cidr reads them; null gives none. `*has` is
 * false where the member did not come. */
MUST_CHECK enum err token_json_read_patch(struct context *context, const struct value *body,
                                          const struct value **addresses, bool *has);
MUST_CHECK enum err token_json_read_rotation(struct context *context, const struct value *body,
                                             int64_t *overlap_days);
/* `*at_ms` is 0 for now. */
MUST_CHECK enum err token_json_read_revocation(struct context *context, const struct value *body,
                                               const char **reason, int64_t *at_ms);
/* {email} */
MUST_CHECK enum err token_json_read_share(struct context *context, const struct value *body,
                                          const char **email);
/* {token}: what follows the # of a mailed link. */
MUST_CHECK enum err token_json_read_redemption(struct context *context, const struct value *body,
                                               const char **secret);

#endif
