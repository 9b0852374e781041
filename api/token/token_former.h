#ifndef GUICHET_TOKEN_TOKEN_FORMER_H
#define GUICHET_TOKEN_TOKEN_FORMER_H
/* Strings of a former system, which tokens that were moved from it (with their ids) accept until a date. The secret
 * that signed them (HS256) is sealed under the master key; a string counts for the tokens that were listed, and for
 * no other. */
#include "core/context.h"
#include "security/jwt.h"

enum { FORMER_SYSTEM_CHARACTERS_MAX = 60, FORMER_MONTHS_MAX = 24 };

struct former_system {
    const char *name;
    const char *issuer; /* claim iss of its strings; NULL: they have none */
    const char *secret;
};

/* Seals the secret, or finds the system with the same secret and issuer. ERR_INVALID, ERR_CONFLICT: what is wrong
 * stands in context->errors, by option, or in context->detail. Nothing is kept in a dry run. Thread-safe. */
MUST_CHECK enum err token_former_add_system(struct context *context,
                                            const struct former_system *system, bool dry_run);
/* ERR_NOT_FOUND: no such system. */
MUST_CHECK enum err token_former_find_system(struct context *context, const char *name);

/* A row of the list. A token that is not here yet is made where `request_number` says to which request it belongs. */
struct token_former_row {
    const char *token_id;
    const char *product; /* counts with request_number, as does the next */
    const char
        *request_number; /* that the request had in the system it was taken over from; "": none */
    const char *expires_at; /* RFC 3339 */
};

enum token_former_outcome { FORMER_ACCEPTED, FORMER_UNCHANGED };

struct token_former_result {
    enum token_former_outcome outcome;
    bool is_created;
};

/* Accepts the string of this system for one token until `until_s`, seconds since 1970, in a transaction of its own; a
 * moment that has passed ends it. ERR_INVALID: what is wrong with the row is in context->errors, by column.
 * Thread-safe. */
MUST_CHECK enum err token_former_accept(struct context *context, const struct token_former_row *row,
                                        const char *system, int64_t until_s, bool dry_run,
                                        struct token_former_result *result);
/* Adds the secrets of all former systems to a keyset, for token_keys_load. */
MUST_CHECK enum err token_former_load(const struct services *services, struct arena *arena,
                                      struct jwt_keyset *keyset);

#endif
