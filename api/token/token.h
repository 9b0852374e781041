#ifndef GUICHET_TOKEN_TOKEN_H
#define GUICHET_TOKEN_TOKEN_H
/* The life of a token: issued with an approval, in its transaction; found again for verification. The
 * row is the authority for expiry, scopes and addresses; the signed string (JWT, ES256) only names
 * it. Claims: iss, aud (product), sub (first habilitation), jti (token), iat, nbf, exp, scopes, siret,
 * version. */
#include "base/value.h"
#include "core/act.h"
#include "security/jwt.h"

struct token_service;

/* Signs as `config->issuer` and seals under the master key, both borrowed. No database is needed
 * yet. The caller frees. */
struct token_service *token_service_new(const struct config *config,
                                        const struct seal_key *master_key);
void token_service_free(struct token_service *service);
/* Public keys of every string that may still be presented; swapped by token_keys_load. */
struct jwt_keyring *token_service_keyring(struct token_service *service);

/* The issuers that are accepted, the one that signs first; NULL ends them. As long as the service. */
const char *const *token_service_issuers(const struct token_service *service);

/* Reads the keys from the database into the keyring; makes the first ones where there are none. */
MUST_CHECK enum err token_keys_load(const struct services *services);
/* next → current → previous, a new next; keys no living token needs are retired. Every instance has
 * known the new current key since it was next, so nothing is refused meanwhile. */
MUST_CHECK enum err token_keys_rotate(struct context *context);
/* A key that leaked: from now on what it signed is refused everywhere and it is out of the JWKS; where
 * it signed, the next one does. Every token that it signed gets a new string, its owners a mail;
 * `*renewed` counts them. Cut short, it may be run again and goes on. ERR_NOT_FOUND: no such key. */
MUST_CHECK enum err token_keys_revoke(struct context *context, const char *kid, int64_t *renewed);
/* The JWKS document (RFC 7517): next, current, previous. */
MUST_CHECK enum err token_keys_render(struct context *context, const char **json);

struct token_grant {
    const char *request_id;
    const char *habilitation_id;
    const char *product;
    const char *siret;
    const struct value *scopes; /* array of strings */
    int64_t lifetime_months;
};

/* Inside an approval. The first makes the token, a later one gives the same token the new habilitation,
 * scopes and expiry. */
MUST_CHECK enum err token_issue(struct act *act, const struct token_grant *grant);
/* The token of a request that was granted elsewhere and has none here: with the id that it had, until `expires_at_s`, or
 * a new one (`id` NULL) of the product's lifetime. The string is sealed for the id as the database writes it, in lower
 * case. Nobody is told. ERR_CONFLICT: the request has a token. */
MUST_CHECK enum err token_adopt(struct tx *tx, const struct services *services,
                                const struct token_grant *grant, const char *id,
                                int64_t expires_at_s);
/* The end of a token of a former system, in RFC 3339: to come, and no later than that of a new one. False after the error
 * of the column expires_at. */
bool token_read_end(struct field_errors *errors, const char *text, int64_t lifetime_months,
                    int64_t *end_s);
/* Inside a revocation by the actor: the token of this request dies at once, if there is one. */
MUST_CHECK enum err token_revoke_of_request(struct act *act, const char *request_id,
                                            const char *reason);
/* A new string for a token row: signs with the current key, seals for the table. */
struct token_string {
    const char *id;         /* jti */
    const char *subject_id; /* sub */
    const char *product;
    const char *siret;
    const struct value *scopes;
    /* Greater than those of all former strings of the token, and kept in column issued_at: tells them apart. The
     * seconds since 1970, unless several strings were made within one. */
    int64_t number;
    int64_t expires_at_s;
    const char *kid;    /* out */
    const char *sealed; /* out: for column sealed_jwt */
};
MUST_CHECK enum err token_string_sign(struct tx *tx, const struct services *services,
                                      struct token_string *string);
struct token_signable; /* sql/token.h */
/* The same for a row that is locked: its next string. */
MUST_CHECK enum err token_string_sign_next(struct tx *tx, const struct services *services,
                                           const struct token_signable *token,
                                           struct token_string *next);
/* Opens column sealed_jwt. */
MUST_CHECK enum err token_string_open(struct arena *arena, const struct services *services,
                                      const char *id, const char *sealed, const char **jwt);

#endif
