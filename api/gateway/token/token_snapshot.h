#ifndef GUICHET_GATEWAY_TOKEN_TOKEN_SNAPSHOT_H
#define GUICHET_GATEWAY_TOKEN_TOKEN_SNAPSHOT_H
/* The gateway's copy of one token row. Reference-counted and immutable, so thread-safe. */
#include "base/ip.h"
#include "base/text.h"
#include "gateway/token/scope_names.h"
#include "sql/token.h"
#include <stdatomic.h>

struct token_snapshot {
    _Atomic int references;
    char id[UUID_TEXT_BYTES];
    char product[64];
    struct scope_set scopes;
    int64_t string_number;
    int64_t previous_string_number; /* -1: none */
    int64_t previous_until_ms;
    int64_t expires_at_ms;
    int64_t revoked_at_ms; /* -1: not revoked */
    int64_t change_number;
    uint64_t former_system; /* by former_system_key: whose string is accepted as well; 0: none */
    int64_t former_until_ms;
    struct ip_block *allowed; /* NULL: any caller */
    size_t allowed_count;
};

/* One reference for the caller; NULL where memory is short. */
struct token_snapshot *token_snapshot_new(struct scope_names *names,
                                          const struct gateway_token *token);
void token_snapshot_release(struct token_snapshot *row);

/* A former system by its name, as rows and verified strings hold it; never 0. The same in one process only. */
uint64_t former_system_key(const char *name);

/* Whether a string of this token, told by its iat, is valid now. */
enum token_string_state {
    TOKEN_STRING_CURRENT,
    TOKEN_STRING_PREVIOUS,
    TOKEN_STRING_FORMER, /* of a former system */
    TOKEN_STRING_REPLACED
};
enum token_string_state token_snapshot_string_state(const struct token_snapshot *row,
                                                    int64_t string_number, int64_t now_ms);
/* The same of a string of the former system that the row names. */
enum token_string_state token_snapshot_former_state(const struct token_snapshot *row,
                                                    int64_t now_ms);
bool token_snapshot_is_revoked(const struct token_snapshot *row, int64_t now_ms);
bool token_snapshot_allows(const struct token_snapshot *row, const char *address);

#endif
