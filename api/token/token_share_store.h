#ifndef GUICHET_TOKEN_TOKEN_SHARE_STORE_H
#define GUICHET_TOKEN_TOKEN_SHARE_STORE_H
/* Links by which a third party sees a token's string once. The secret comes here as its hash. */
#include "engine/tx.h"

MUST_CHECK enum err token_share_create(struct tx *tx, const char *token_id, const char *email,
                                       const char *secret_hash, const char *account_id,
                                       const char **id, const char **json);
MUST_CHECK enum err token_share_count_pending(struct tx *tx, const char *token_id, int64_t *count);
/* `at` and `id`: cursor or NULL. */
MUST_CHECK enum err token_share_list(struct tx *tx, const char *token_id, int64_t limit,
                                     const char *at, const char *id, const char **json);
/* ERR_NOT_FOUND: no such link of this token; ERR_CONFLICT: used, or over. */
MUST_CHECK enum err token_share_cancel(struct tx *tx, const char *token_id, const char *id);

struct token_share_use {
    const char *id;
    const char *created_by;
    const char *token_id;
    const char *request_id;
    const char *sealed_jwt;
    const char *product;
    const char *siret;
};
/* Uses the link up. ERR_NOT_FOUND where there is no such link that is still good. */
MUST_CHECK enum err token_share_redeem(struct tx *tx, const char *secret_hash,
                                       struct token_share_use *use);

#endif
