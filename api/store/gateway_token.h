#ifndef GUICHET_STORE_GATEWAY_TOKEN_H
#define GUICHET_STORE_GATEWAY_TOKEN_H
/* Rows of tokens as the gateway checks them. Read and written as the system. */
#include "store/tx.h"

struct gateway_token {
    const char *id;
    const char *product;
    const char *scopes;      /* separated by blanks */
    const char *allowed_ips; /* CIDRs separated by blanks; "" for any */
    int64_t issued_at_s;
    int64_t previous_issued_at_s; /* -1: none */
    int64_t previous_until_ms;    /* -1: none */
    int64_t expires_at_ms;
    int64_t revoked_at_ms; /* -1: not revoked; may be in the future */
    int64_t changed_at_us;
};

/* ERR_NOT_FOUND where there is none. */
MUST_CHECK enum err gateway_token_find(struct pool *pool, struct arena *arena, const char *id,
                                       struct gateway_token *out);
/* Those that changed within the last `within_ms` and after `after_us` (microseconds since 1970), the
 * oldest change first, at most `most`. */
MUST_CHECK enum err gateway_token_list_changed(struct pool *pool, struct arena *arena,
                                               int64_t within_ms, int64_t after_us, size_t most,
                                               struct gateway_token **out, size_t *count);
/* Arrays in PostgreSQL's text form: see token/touch_called.sql. */
MUST_CHECK enum err gateway_token_touch(struct pool *pool, struct arena *arena, const char *ids,
                                        const char *current_ms, const char *previous_ms);

#endif
