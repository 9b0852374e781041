#ifndef GUICHET_TOKEN_TOKEN_ISSUERS_H
#define GUICHET_TOKEN_TOKEN_ISSUERS_H
/* Which issuers the strings of living tokens name, compared with those that are accepted: after a change of
 * GUICHET_PUBLIC_URL, tokens that were given out for months would be refused. */
#include "core/context.h"

enum { TOKEN_ISSUERS_MAX = 16, TOKEN_ISSUER_BYTES = 256 };

struct token_issuers {
    struct {
        char issuer[TOKEN_ISSUER_BYTES];
        int64_t tokens;
    } refused[TOKEN_ISSUERS_MAX]; /* further ones are not told apart */
    size_t refused_count;
    int64_t sealed; /* strings that the master key does not open */
};

/* Opens the string of every token that can be presented or prolonged, some at a time. */
MUST_CHECK enum err token_issuers_compare(const struct services *services,
                                          struct token_issuers *out);

#endif
