#ifndef GUICHET_TOKEN_TOKEN_ACTS_H
#define GUICHET_TOKEN_TOKEN_ACTS_H
/* What people see of tokens and do with them. Who may what is stated once, in SQL (token_relations,
 * token_rights): a token that is nothing to somebody is ERR_NOT_FOUND, one that they see without the
 * right is ERR_FORBIDDEN, an act that its state does not allow is ERR_CONFLICT. Whether the log-in is
 * recent is checked by the route. Documents are JSON text in the context's arena; what an act answers is in
 * context->answer (core/act.h). */
#include "base/value.h"
#include "core/act.h"
#include "core/page.h"
#include "sql/token.h"

enum token_act {
    TOKEN_ACT_REVEAL,
    TOKEN_ACT_PROLONG,
    TOKEN_ACT_ROTATE,
    TOKEN_ACT_REVOKE,
    TOKEN_ACT_SET_ADDRESSES,
    TOKEN_ACT_SHARE,
    TOKEN_ACT_READ_USAGE,
    TOKEN_ACT_READ_CALLS,
    TOKEN_ACT_SET_ALERTS,
};

/* The rule alone: whether these rights (words of token_rights, separated by blanks) and this state allow the act.
 * ERR_FORBIDDEN without the right, ERR_CONFLICT where the state does not allow it, regardless of the actor. */
MUST_CHECK enum err token_check_act(struct context *context, const char *rights, const char *state,
                                    enum token_act act);
/* For readers of what hangs on a token (usage, calls): ERR_NONE where the actor may. */
MUST_CHECK enum err token_check_right(struct context *context, const char *id, enum token_act act);
/* Inside a transaction: the locked row of a token that the actor may act on now. */
MUST_CHECK enum err token_lock_for(struct context *context, struct tx *tx, const char *id,
                                   enum token_act act, struct token_row *row);

struct token_filter {
    const char *state; /* each may be NULL */
    const char *product;
    const char *siret;
    const char *request_id;
};
MUST_CHECK enum err token_list(struct context *context, const struct token_filter *filter,
                               const struct page *page, const char **json);
MUST_CHECK enum err token_read(struct context *context, const char *id, const char **json,
                               int64_t *version);
/* The same inside a transaction. */
MUST_CHECK enum err token_read_in(struct context *context, struct tx *tx, const char *id,
                                  const char **json, int64_t *version);

/* Answers the token. `if_match`: the version that was read, -1 for any: else ERR_STALE. `addresses` NULL
 * changes nothing. */
MUST_CHECK enum err token_set_addresses(struct context *context, const char *id, int64_t if_match,
                                        const struct value *addresses);
/* Answers {token}: the string. */
MUST_CHECK enum err token_reveal(struct context *context, const char *id);
/* Who saw the string, and how: for those who may see it too, whatever state the token is in. */
MUST_CHECK enum err token_list_reveals(struct context *context, const char *id,
                                       const struct page *page, const char **json);
/* A new string at once; the former one is good for `overlap_days` (0 to 30) more. Answers {token,
 * former_good_until}. */
MUST_CHECK enum err token_rotate(struct context *context, const char *id, int64_t overlap_days);
/* Answers the token. `at_ms`: when, since 1970; 0 for now. */
MUST_CHECK enum err token_revoke(struct context *context, const char *id, const char *reason,
                                 int64_t at_ms);
/* Answers 204. Owners may bring forward what the instruction planned, neither postpone nor withdraw it
 * (ERR_FORBIDDEN). ERR_CONFLICT where none is planned, or it has happened. Only the audit knew of the
 * plan, so nobody is told that it is gone. */
MUST_CHECK enum err token_withdraw_revocation(struct context *context, const char *id);

/* Inside an act: the locked row of a token that may be prolonged now; ERR_CONFLICT more than 90 days
 * before its end, and more than 90 days after it. */
MUST_CHECK enum err token_lock_prolongable(struct act *act, const char *id, struct token_row *row);
/* Inside the same act, with its audit entry, event and mails: the same string is good for the product's
 * lifetime more. `*expires_at`: RFC 3339. */
MUST_CHECK enum err token_prolong(struct act *act, const struct token_row *row,
                                  const char **expires_at);

/* Which tokens somebody may know about: those of one product, of one organisation; NULL: of any. */
struct token_bound {
    const char *product;
    const char *siret;
};

/* RFC 7662 for a token of a product; NULL in `*json` where it is not good, or not of `bound`. */
MUST_CHECK enum err token_introspect(const struct services *services, struct arena *arena,
                                     const char *string, const struct token_bound *bound,
                                     const char **json);
/* RFC 7009: the actor's account must have the right to revoke; a string that is not good is
 * ERR_NONE, one of somebody else ERR_FORBIDDEN. */
MUST_CHECK enum err token_revoke_string(struct context *context, const char *string);

#endif
