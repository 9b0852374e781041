#ifndef GUICHET_TOKEN_TOKEN_STORE_H
#define GUICHET_TOKEN_TOKEN_STORE_H
/* The rows of the tokens as an approval writes them. */
#include "base/value.h"
#include "engine/tx.h"

struct token_plan {
    const char *id;         /* claim jti */
    const char *subject_id; /* claim sub: the first habilitation */
    int64_t issued_at_s;    /* claim iat, greater than that of any former string */
    int64_t expires_at_s;   /* claim exp */
    bool exists;
    bool lives; /* exists and is not revoked */
};

struct token_signed {
    const char *id;
    const char *habilitation_id;
    const struct value *scopes;
    const char *kid;
    const char *sealed_jwt;
    int64_t issued_at_s;
    int64_t expires_at_s;
};

/* What a request's token is, or would be with this habilitation. */
MUST_CHECK enum err token_plan(struct tx *tx, const char *request_id, int64_t months,
                               const char *habilitation_id, struct token_plan *plan);
MUST_CHECK enum err token_insert(struct tx *tx, const struct token_signed *token,
                                 const char *request_id, const char *product, const char *siret);
/* The same string with a new habilitation, scopes and expiry. */
MUST_CHECK enum err token_renew(struct tx *tx, const char *id, const char *habilitation_id,
                                const struct value *scopes, int64_t expires_at_s);
/* A new string for a token that was revoked; the former ones stay dead. */
MUST_CHECK enum err token_reissue(struct tx *tx, const struct token_signed *token);

#endif
