#ifndef GUICHET_TOKEN_TOKEN_SHARE_H
#define GUICHET_TOKEN_TOKEN_SHARE_H
/* Links by which the owners of a token show its string once, for 4 hours, to a third party. */
#include "core/context.h"
#include "core/page.h"

/* Mails the link and answers its document. ERR_CONFLICT where 20 links wait already. */
MUST_CHECK enum err token_share_send(struct context *context, const char *token_id,
                                     const char *email);
MUST_CHECK enum err token_share_read_all(struct context *context, const char *token_id,
                                         const struct page *page, const char **json);
/* Answers 204, twice as well; ERR_CONFLICT where it was used or is over. */
MUST_CHECK enum err token_share_withdraw(struct context *context, const char *token_id,
                                         const char *share_id);
/* Answers {token} for what follows the `#` of the mailed link: the string, once. A field error at /token
 * otherwise. */
MUST_CHECK enum err token_share_open(struct context *context, const char *secret);

/* The job of retention: from where strings were seen, and links that are over, after GUICHET_ADDRESS_MONTHS. */
MUST_CHECK enum err token_forget_addresses(struct context *context);

#endif
