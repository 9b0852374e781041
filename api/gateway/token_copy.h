#ifndef GUICHET_GATEWAY_TOKEN_COPY_H
#define GUICHET_GATEWAY_TOKEN_COPY_H
/* The gateway's copy of one token. Counted; all members but the marks are immutable. Thread-safe. */
#include "base/ip.h"
#include "base/text.h"
#include "gateway/scope_names.h"
#include "store/gateway_token.h"
#include <stdatomic.h>

struct token_copy {
    _Atomic int references;
    char id[UUID_TEXT_BYTES];
    char product[64];
    struct scope_set scopes;
    int64_t issued_at_s;
    int64_t previous_issued_at_s; /* -1: none */
    int64_t previous_until_ms;
    int64_t expires_at_ms;
    int64_t revoked_at_ms; /* -1: not revoked */
    int64_t change_number;
    struct ip_block *allowed; /* NULL: any caller */
    size_t allowed_count;
};

/* One reference for the caller; NULL where memory is short. */
struct token_copy *token_copy_new(struct scope_names *names, const struct gateway_token *token);
void token_copy_release(struct token_copy *row);

/* What a string of this token is good for now. */
enum token_string_state { TOKEN_STRING_CURRENT, TOKEN_STRING_PREVIOUS, TOKEN_STRING_REPLACED };
enum token_string_state token_copy_string_state(const struct token_copy *row, int64_t issued_at_s,
                                                int64_t now_ms);
bool token_copy_is_revoked(const struct token_copy *row, int64_t now_ms);
bool token_copy_allows(const struct token_copy *row, const char *address);

#endif
