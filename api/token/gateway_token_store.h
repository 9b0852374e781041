#ifndef GUICHET_TOKEN_GATEWAY_TOKEN_STORE_H
#define GUICHET_TOKEN_GATEWAY_TOKEN_STORE_H
/* Rows of tokens as the gateway checks them. Read and written as the system. */
#include "engine/tx.h"

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
    int64_t change_number; /* grows with each change of the row, whatever the clocks do */
};

/* ERR_NOT_FOUND where there is none. */
MUST_CHECK enum err gateway_token_find(struct pool *pool, struct arena *arena, const char *id,
                                       struct gateway_token *out);
/* Those whose change has a number after `after`, the lowest first, at most `most`; the last number that
 * was given to a change, committed or not, goes to `*last_number`. */
MUST_CHECK enum err gateway_token_list_changed(struct pool *pool, struct arena *arena,
                                               int64_t after, size_t most,
                                               struct gateway_token **out, size_t *count,
                                               int64_t *last_number);
/* Arrays in PostgreSQL's text form: see token/touch_called.sql. */
MUST_CHECK enum err gateway_token_touch(struct pool *pool, struct arena *arena, const char *ids,
                                        const char *current_ms, const char *previous_ms);

#endif
